package dev.modelyard.local.node;

import dev.modelyard.local.home.Home;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of one pod on the laptop, and how the paths that its container knows lead to them.
 * There is no mount namespace: a value of the environment that is a mount path, or lies under one,
 * is rewritten instead.
 */
final class PodFiles {
  private static final Pattern REFERENCE = Pattern.compile("\\$(?:\\$|\\(([-._A-Za-z0-9]+)\\))");
  private static final int MESSAGE_BYTES = 4096;
  private static final int LOG_TAIL_BYTES = 2048;

  private final Path folder;
  private final Path claims;
  private final Map<String, Path> paths = new LinkedHashMap<>();
  private final Path terminationLog;

  /**
   * @param home the run's folder
   * @throws UnsupportedPod for a volume that a laptop does not have
   */
  PodFiles(Path home, Pod pod, Container container) {
    String namespace = pod.getMetadata().getNamespace();
    this.folder = home.resolve("pods").resolve(namespace + "_" + pod.getMetadata().getName());
    this.claims = home.resolve("pvc").resolve(namespace);
    this.terminationLog = folder.resolve("termination-log");
    for (var mount : container.getVolumeMounts()) {
      Volume volume =
          pod.getSpec().getVolumes().stream()
              .filter(candidate -> candidate.getName().equals(mount.getName()))
              .findFirst()
              .orElseThrow(() -> new UnsupportedPod("no volume is named " + mount.getName()));
      Path source = source(volume);
      paths.put(
          mount.getMountPath(),
          mount.getSubPath() == null ? source : inside(source, mount.getSubPath()));
    }
    String message = container.getTerminationMessagePath();
    paths.put(message == null ? "/dev/termination-log" : message, terminationLog);
  }

  private Path source(Volume volume) {
    if (volume.getEmptyDir() != null) {
      return folder.resolve("volumes").resolve(volume.getName());
    }
    if (volume.getPersistentVolumeClaim() != null) {
      return claims.resolve(volume.getPersistentVolumeClaim().getClaimName());
    }
    throw new UnsupportedPod(
        "volume "
            + volume.getName()
            + " is neither emptyDir nor persistentVolumeClaim; the laptop has no others");
  }

  private static Path inside(Path folder, String subPath) {
    Path resolved = folder.resolve(subPath).normalize();
    if (!resolved.startsWith(folder)) {
      throw new UnsupportedPod("subPath " + subPath + " leaves its volume");
    }
    return resolved;
  }

  /** Makes the folders and empties the termination log. */
  void prepare() {
    try {
      Files.createDirectories(temporary());
      for (Path path : paths.values()) {
        Files.createDirectories(path.equals(terminationLog) ? folder : path);
      }
      Files.deleteIfExists(terminationLog);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the folders of the pod: " + e, e);
    }
  }

  Path folder() {
    return folder;
  }

  Path log() {
    return folder.resolve("log");
  }

  Path temporary() {
    return folder.resolve("tmp");
  }

  /** The container's environment with its paths rewritten. */
  Map<String, String> environment(Pod pod, Container container, String ip) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (EnvVar variable : container.getEnv()) {
      environment.put(variable.getName(), rewrite(value(pod, variable, ip, environment)));
    }
    return environment;
  }

  private static String value(
      Pod pod, EnvVar variable, String ip, Map<String, String> environment) {
    if (variable.getValueFrom() == null) {
      return variable.getValue() == null ? "" : expand(variable.getValue(), environment);
    }
    var field = variable.getValueFrom().getFieldRef();
    if (field == null) {
      throw new UnsupportedPod(
          "env " + variable.getName() + ": the laptop knows value and valueFrom.fieldRef only");
    }
    return switch (field.getFieldPath()) {
      case "metadata.name" -> pod.getMetadata().getName();
      case "metadata.namespace" -> pod.getMetadata().getNamespace();
      case "metadata.uid" -> pod.getMetadata().getUid();
      case "spec.nodeName" -> Scheduler.NODE;
      case "status.podIP", "status.hostIP" -> ip;
      default ->
          throw new UnsupportedPod(
              "env " + variable.getName() + ": no fieldPath " + field.getFieldPath());
    };
  }

  /** As the kubelet does: {@code $(NAME)} of a variable before this one, and {@code $$} for one. */
  static String expand(String value, Map<String, String> environment) {
    return REFERENCE
        .matcher(value)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    found.group(1) == null
                        ? "$"
                        : environment.getOrDefault(found.group(1), found.group())));
  }

  private String rewrite(String value) {
    String best = null;
    for (String path : paths.keySet()) {
      boolean matches = value.equals(path) || value.startsWith(path + "/");
      if (matches && (best == null || path.length() > best.length())) {
        best = path;
      }
    }
    return best == null ? value : paths.get(best) + value.substring(best.length());
  }

  /**
   * What the container said last: its termination log, or the end of its log where the policy asks
   * for that. Null for nothing.
   */
  String terminationMessage(Container container, int exitCode) {
    try {
      if (Files.isRegularFile(terminationLog) && Files.size(terminationLog) > 0) {
        try (var in = Files.newInputStream(terminationLog)) {
          return new String(in.readNBytes(MESSAGE_BYTES), StandardCharsets.UTF_8);
        }
      }
      boolean fallBack =
          "FallbackToLogsOnError".equals(container.getTerminationMessagePolicy()) && exitCode != 0;
      return fallBack && Files.isRegularFile(log()) ? tail(log()) : null;
    } catch (IOException e) {
      return "cannot read the termination message: " + e;
    }
  }

  private static String tail(Path file) throws IOException {
    try (var in = new RandomAccessFile(file.toFile(), "r")) {
      int length = (int) Math.min(LOG_TAIL_BYTES, in.length());
      byte[] bytes = new byte[length];
      in.seek(in.length() - length);
      in.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /** Removes all but the log. */
  void cleanUp() {
    Home.remove(folder.resolve("volumes"));
    Home.remove(temporary());
  }
}

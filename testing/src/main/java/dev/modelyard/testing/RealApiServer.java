package dev.modelyard.testing;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubeapitest.KubeAPITestException;
import io.fabric8.kubeapitest.binary.Binaries;
import io.fabric8.kubeapitest.binary.BinaryManager;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * kube-apiserver and etcd for the tests of a module: started by the first one that asks, ended with
 * the JVM. Nothing is downloaded, no port is fixed, and all that is written (keys, kubeconfig,
 * audit log) is in {@code target/apiserver}.
 */
public final class RealApiServer {
  private static final Path FOLDER = Path.of("target", "apiserver").toAbsolutePath();
  private static final String PROGRAMS = BinaryManager.BINARY_LIST_DIR;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String AUDIT_POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules: [{level: Metadata}]
      """;

  private static RealApiServer running;

  private final String kubeconfig;
  private final KubernetesClient client;
  private final Kubectl kubectl;

  private RealApiServer(KubeAPIServer server, Binaries programs) {
    this.kubeconfig = server.getKubeConfigYaml();
    this.client =
        new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(kubeconfig)).build();
    Path file = write("kubeconfig", kubeconfig);
    this.kubectl =
        new Kubectl(programs.getKubectl().toPath(), file, FOLDER.resolve("kubectl-cache"));
  }

  /**
   * The one of this JVM.
   *
   * @throws KubeAPITestException where there are no programs, or they do not become ready
   */
  public static synchronized RealApiServer get() {
    if (running == null) {
      running = start();
    }
    return running;
  }

  /** Why there can be none on this machine; empty where there can. */
  static Optional<String> missing() {
    try {
      programs(installed());
      return Optional.empty();
    } catch (KubeAPITestException e) {
      return Optional.of(
          "no kube-apiserver, etcd and kubectl in %s: e2e/cluster/build apiserver makes them"
              .formatted(installed().resolve(PROGRAMS)));
    }
  }

  private static RealApiServer start() {
    emptyFolder();
    // Keys are made in the folder of the programs; builds that run at once must not share it.
    try {
      Files.createSymbolicLink(FOLDER.resolve(PROGRAMS), installed().resolve(PROGRAMS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    KubeAPIServer server =
        new KubeAPIServer(
            offline(FOLDER)
                .withUpdateKubeConfig(false)
                .withApiServerFlags(
                    List.of(
                        "--bind-address=127.0.0.1",
                        "--advertise-address=127.0.0.1",
                        "--audit-policy-file=" + write("audit-policy.yaml", AUDIT_POLICY),
                        "--audit-log-path=" + auditLog()))
                .build());
    Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
    server.start();
    return new RealApiServer(server, programs(FOLDER));
  }

  /** Where kube-api-test looks by itself. */
  private static Path installed() {
    return Path.of(
        KubeAPIServerConfigBuilder.anAPIServerConfig()
            .withOfflineMode(true)
            .build()
            .getKubeAPITestDir());
  }

  private static Binaries programs(Path folder) {
    BinaryManager manager = new BinaryManager(offline(folder).build());
    manager.initAndDownloadIfRequired();
    return manager.binaries();
  }

  private static KubeAPIServerConfigBuilder offline(Path folder) {
    return KubeAPIServerConfigBuilder.anAPIServerConfig()
        .withTestDir(folder.toString())
        .withOfflineMode(true);
  }

  private static void emptyFolder() {
    try {
      if (Files.exists(FOLDER)) {
        try (Stream<Path> files = Files.walk(FOLDER)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
      Files.createDirectories(FOLDER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a file beside what else is of this API server. */
  public static Path write(String name, String text) {
    try {
      return Files.writeString(FOLDER.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of one who may do everything. */
  public KubernetesClient client() {
    return client;
  }

  /** As one who may do everything. */
  public Kubectl kubectl() {
    return kubectl;
  }

  /** Makes a namespace; names are the tests' to keep apart. */
  public String namespace(String name, Map<String, String> labels) {
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .build())
        .create();
    return name;
  }

  /** One JSON object a line for each request, in the order in which they were answered. */
  public static Path auditLog() {
    return FOLDER.resolve("audit.log");
  }

  /**
   * Applies a CRD as the guide for upgrades says, and waits until its resources are served and
   * explained, which is a moment after the API server says that it is established.
   */
  public void install(Path crd) {
    kubectl.run("apply", "--server-side", "--force-conflicts", "-f", crd.toString()).succeeded();
    String name = crd.getFileName().toString().replaceFirst("-v1\\.yml$", "");
    kubectl.run("wait", "--for=condition=Established", "--timeout=60s", "crd/" + name).succeeded();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                kubectl.run("explain", name).exitCode() == 0
                    && kubectl.run("get", name).exitCode() == 0);
  }
}

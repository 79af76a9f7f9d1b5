package dev.modelyard.local.apiserver;

import dev.modelyard.local.home.Home;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubeapitest.KubeAPITestException;
import io.fabric8.kubeapitest.binary.BinaryManager;
import io.fabric8.kubeapitest.binary.OSInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The programs of a real API server, in kube-api-test's layout: {@code
 * ~/.kubeapitest/k8s/<version>-<os>-<arch>/{etcd,kube-apiserver}}.
 */
record KubernetesBinaries(String version, Path etcd, Path kubeApiServer) {
  private static final String LAYOUT = "k8s";

  private static Path folder() {
    String set = System.getenv(KubeAPIServerConfigBuilder.KUBE_API_TEST_DIR);
    return set != null && !set.isBlank()
        ? Path.of(set)
        : Path.of(System.getProperty("user.home"), KubeAPIServerConfigBuilder.DIRECTORY_NAME);
  }

  /** The newest version that is present. */
  static Optional<KubernetesBinaries> present() throws IOException {
    return newestIn(folder().resolve(LAYOUT));
  }

  private static Optional<KubernetesBinaries> newestIn(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    var os = new OSInfo();
    String suffix = "-" + os.getOSName() + "-" + os.getOSArch();
    try (var entries = Files.list(folder)) {
      return entries
          .filter(entry -> entry.getFileName().toString().endsWith(suffix))
          .filter(entry -> Files.isExecutable(entry.resolve("etcd")))
          .filter(entry -> Files.isExecutable(entry.resolve("kube-apiserver")))
          .max(Comparator.comparing(KubernetesBinaries::versionNumbers, Arrays::compare))
          .map(
              entry ->
                  new KubernetesBinaries(
                      entry.getFileName().toString().replace(suffix, ""),
                      entry.resolve("etcd"),
                      entry.resolve("kube-apiserver")));
    }
  }

  private static int[] versionNumbers(Path entry) {
    String version = entry.getFileName().toString().split("-")[0];
    return Arrays.stream(version.split("\\."))
        .mapToInt(part -> part.matches("\\d{1,9}") ? Integer.parseInt(part) : 0)
        .toArray();
  }

  /**
   * Downloads the newest version into a folder of this run and moves it to its place when it is
   * whole, so that an interrupted download is never taken for a program.
   *
   * @return why there is none, or the binaries
   */
  static Download download(Home home, Duration limit) {
    Path temporary = home.folder().resolve("apiserver").resolve("download");
    var done = new CompletableFuture<Void>();
    var worker =
        new Thread(
            () -> {
              try {
                Files.createDirectories(temporary);
                new BinaryManager(
                        KubeAPIServerConfigBuilder.anAPIServerConfig()
                            .withTestDir(temporary.toString())
                            .withOfflineMode(false)
                            .withUpdateKubeConfig(false)
                            .build())
                    .initAndDownloadIfRequired();
                done.complete(null);
              } catch (IOException | RuntimeException e) {
                done.completeExceptionally(e);
              }
            },
            "download");
    worker.setDaemon(true);
    worker.start();
    try {
      done.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      var downloaded = newestIn(temporary.resolve(LAYOUT));
      if (downloaded.isEmpty()) {
        return new Download(Optional.empty(), "the download held no etcd and kube-apiserver");
      }
      Path from = downloaded.get().etcd().getParent();
      Path to = folder().resolve(LAYOUT).resolve(from.getFileName());
      Files.createDirectories(to.getParent());
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
      return new Download(present(), null);
    } catch (ExecutionException e) {
      return new Download(Optional.empty(), rootMessage(e.getCause()));
    } catch (TimeoutException e) {
      return new Download(Optional.empty(), "no download within " + limit.toSeconds() + " s");
    } catch (IOException e) {
      return new Download(Optional.empty(), e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Download(Optional.empty(), "interrupted");
    }
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root instanceof KubeAPITestException) {
      root = root.getCause();
    }
    return root.toString();
  }

  /** Either binaries or why there are none. */
  record Download(Optional<KubernetesBinaries> binaries, String failure) {}
}

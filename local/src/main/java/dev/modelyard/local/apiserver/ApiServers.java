package dev.modelyard.local.apiserver;

import dev.modelyard.local.home.Home;
import dev.modelyard.local.process.StartFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/** Chooses and starts an API server. */
public final class ApiServers {
  private static final Duration DOWNLOAD_LIMIT = Duration.ofSeconds(45);

  private ApiServers() {}

  /** Which API server to start. */
  public enum Kind {
    /** The real one where it is present or can be downloaded, else the embedded one. */
    auto,
    embedded,
    real
  }

  /**
   * @param says takes lines for people
   * @throws StartFailure when the one asked for cannot be started
   */
  public static ApiServer start(Kind kind, Home home, Consumer<String> says) {
    if (kind == Kind.embedded) {
      return EmbeddedApiServer.start(home);
    }
    try {
      var binaries = KubernetesBinaries.present();
      if (binaries.isEmpty()) {
        says.accept("no kube-apiserver and etcd here; trying to download them");
        var download = KubernetesBinaries.download(home, DOWNLOAD_LIMIT);
        binaries = download.binaries();
        if (binaries.isEmpty() && kind == Kind.real) {
          throw new StartFailure(
              "no real API server: "
                  + download.failure()
                  + ". --api-server=embedded needs no download");
        }
        if (binaries.isEmpty()) {
          says.accept("no download (" + download.failure() + "): taking the embedded API server");
        }
      }
      return binaries.isPresent()
          ? RealApiServer.start(home, binaries.get())
          : EmbeddedApiServer.start(home);
    } catch (IOException e) {
      throw new StartFailure("cannot look for kube-apiserver and etcd: " + e, e);
    }
  }
}

package dev.modelyard.operator.config;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.net.HttpURLConnection;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Waits at start for an API server that does not answer yet. The operator would end, and the
 * kubelet start it again ever more rarely, up to minutes after the API server is back.
 */
@Singleton
class ApiServerAwaited {
  private static final Logger LOG = Logger.getLogger(ApiServerAwaited.class);

  /** Below what the chart's startup probe allows; then the operator's own start says what fails. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final KubernetesClient client;

  ApiServerAwaited(KubernetesClient client) {
    this.client = client;
  }

  /** After the handling of signals, before the operator. */
  void await(@Observes @Priority(Interceptor.Priority.LIBRARY_AFTER) StartupEvent event)
      throws InterruptedException {
    await(PATIENCE);
  }

  void await(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!answers() && System.nanoTime() < end) {
      Thread.sleep(PAUSE.toMillis());
    }
  }

  /**
   * Any answer but that of a server which is not ready: what it refuses is not a matter of time.
   */
  private boolean answers() {
    try {
      client.raw("/readyz");
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() > 0 && e.getCode() < HttpURLConnection.HTTP_INTERNAL_ERROR) {
        return true;
      }
      // The client's own message of a connection that is refused says nothing.
      LOG.warnf(
          "The API server is not ready, the operator waits for it: %s",
          e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
      return false;
    }
  }
}

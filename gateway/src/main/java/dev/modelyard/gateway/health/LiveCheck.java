package dev.modelyard.gateway.health;

import dev.modelyard.gateway.watch.ClusterWatch;
import jakarta.inject.Singleton;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Down where a watch has stopped for good, which only a restart mends. */
@Liveness
@Singleton
class LiveCheck implements HealthCheck {
  private final ClusterWatch watch;

  LiveCheck(ClusterWatch watch) {
    this.watch = watch;
  }

  @Override
  public HealthCheckResponse call() {
    List<String> stopped = watch.stopped();
    return HealthCheckResponse.named("gateway-live")
        .status(stopped.isEmpty())
        .withData("stopped", String.join(",", stopped))
        .build();
  }
}

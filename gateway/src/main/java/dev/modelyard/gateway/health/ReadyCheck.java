package dev.modelyard.gateway.health;

import dev.modelyard.gateway.Lifecycle;
import dev.modelyard.gateway.watch.ClusterWatch;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Up once the cluster was seen, down from the moment that it is told to stop. A watch that is cut
 * off is told and takes nothing down: all gateways would go at once, and the routes are good yet.
 */
@Readiness
@Singleton
class ReadyCheck implements HealthCheck {
  private final Lifecycle lifecycle;
  private final ClusterWatch watch;

  ReadyCheck(Lifecycle lifecycle, ClusterWatch watch) {
    this.lifecycle = lifecycle;
    this.watch = watch;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("gateway-ready")
        .status(lifecycle.hasStarted() && !lifecycle.isStopping())
        .withData("stopping", lifecycle.isStopping())
        .withData("cutOff", String.join(",", watch.cutOff()))
        .build();
  }
}

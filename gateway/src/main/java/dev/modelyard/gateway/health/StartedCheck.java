package dev.modelyard.gateway.health;

import dev.modelyard.gateway.Lifecycle;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/** Up from the moment that the cluster was seen once. */
@Startup
@Singleton
class StartedCheck implements HealthCheck {
  private final Lifecycle lifecycle;

  StartedCheck(Lifecycle lifecycle) {
    this.lifecycle = lifecycle;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("gateway-started").status(lifecycle.hasStarted()).build();
  }
}

package dev.modelyard.runtime.health;

import dev.modelyard.runtime.model.ModelLifecycle;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/** Up once the model has been ready, and from then on. */
@Startup
@Singleton
class StartedCheck implements HealthCheck {
  private final ModelLifecycle lifecycle;

  StartedCheck(ModelLifecycle lifecycle) {
    this.lifecycle = lifecycle;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("model-started")
        .status(lifecycle.started())
        .withData("state", lifecycle.status().state().name())
        .build();
  }
}

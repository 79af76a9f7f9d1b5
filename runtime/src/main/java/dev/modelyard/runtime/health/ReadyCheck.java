package dev.modelyard.runtime.health;

import dev.modelyard.runtime.model.ModelLifecycle;
import dev.modelyard.runtime.model.ModelState;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Up while the model serves; down from the moment that shutdown begins. */
@Readiness
@Singleton
class ReadyCheck implements HealthCheck {
  private final ModelLifecycle lifecycle;

  ReadyCheck(ModelLifecycle lifecycle) {
    this.lifecycle = lifecycle;
  }

  @Override
  public HealthCheckResponse call() {
    ModelState state = lifecycle.status().state();
    return HealthCheckResponse.named("model-ready")
        .status(state == ModelState.READY)
        .withData("state", state.name())
        .build();
  }
}

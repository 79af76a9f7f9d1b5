package dev.modelyard.runtime.health;

import dev.modelyard.runtime.inference.InferenceService;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;

/** Down where a worker hangs, which only a restart mends. */
@Liveness
@Singleton
class LiveCheck implements HealthCheck {
  private final Instance<InferenceService> inference;

  LiveCheck(Instance<InferenceService> inference) {
    this.inference = inference;
  }

  @Override
  public HealthCheckResponse call() {
    Optional<String> hung = inference.get().hung();
    HealthCheckResponseBuilder response =
        HealthCheckResponse.named("workers-live").status(hung.isEmpty());
    hung.ifPresent(words -> response.withData("hung", words));
    return response.build();
  }
}

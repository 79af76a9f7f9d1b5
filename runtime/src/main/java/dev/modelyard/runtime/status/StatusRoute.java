package dev.modelyard.runtime.status;

import dev.modelyard.runtime.inference.InferenceService;
import dev.modelyard.runtime.model.ModelLifecycle;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;

/** {@code GET /status} on the management port. */
@Singleton
class StatusRoute {
  private final ModelLifecycle lifecycle;
  private final Instance<InferenceService> inference;

  StatusRoute(ModelLifecycle lifecycle, Instance<InferenceService> inference) {
    this.lifecycle = lifecycle;
    this.inference = inference;
  }

  private JsonObject document() {
    InferenceService service = inference.get();
    return StatusDocument.of(lifecycle.status(), service.load(), service.batching());
  }

  void register(@Observes ManagementInterface management) {
    management
        .router()
        .get("/status")
        .handler(
            context ->
                context
                    .response()
                    .putHeader("Content-Type", "application/json")
                    .putHeader("Cache-Control", "no-store")
                    .end(document().toBuffer()));
  }
}

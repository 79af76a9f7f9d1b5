package dev.modelyard.gateway.status;

import dev.modelyard.gateway.dispatch.Models;
import io.quarkus.vertx.http.ManagementInterface;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** {@code GET /status} on the management port: what the operator scales by. */
@Singleton
class StatusRoute {
  private final Models models;

  StatusRoute(Models models) {
    this.models = models;
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
                    .end(StatusDocument.of(models.held()).toBuffer()));
  }
}

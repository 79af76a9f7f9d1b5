package dev.modelyard.gateway.status;

import dev.modelyard.gateway.dispatch.Models;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** {@code /status} as JSON; {@code docs/contract/gateway-status.json} is an example. */
final class StatusDocument {
  private StatusDocument() {}

  static JsonObject of(List<Models.Held> held) {
    JsonArray models = new JsonArray();
    for (Models.Held each : held) {
      models.add(
          new JsonObject()
              .put("namespace", each.model().namespace())
              .put("name", each.model().name())
              .put("held", each.requests()));
    }
    return new JsonObject().put("models", models);
  }
}

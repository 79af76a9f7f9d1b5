package dev.modelyard.runtime.api.v2;

import dev.modelyard.runtime.inference.BatchingInferenceService;
import dev.modelyard.runtime.inference.LoadedModel;
import dev.modelyard.runtime.inference.TensorMetadata;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Metadata and health: everything of the protocol that is not inference. */
final class ModelHandler {
  private final BatchingInferenceService service;
  private final ModelIdentity identity;
  private final String serverVersion;

  ModelHandler(BatchingInferenceService service, ModelIdentity identity, String serverVersion) {
    this.service = service;
    this.identity = identity;
    this.serverVersion = serverVersion;
  }

  void server(Exchange exchange) {
    JsonObject body =
        new JsonObject()
            .put("name", "modelyard")
            .put("version", serverVersion)
            .put("extensions", new JsonArray().add("binary_tensor_data"));
    exchange.ok(body.toBuffer());
  }

  void live(Exchange exchange) {
    exchange.ok(Buffer.buffer("{\"live\":true}"));
  }

  void ready(Exchange exchange) {
    health(exchange, new JsonObject());
  }

  void modelReady(Exchange exchange) {
    health(exchange, new JsonObject().put("name", identity.name()));
  }

  private void health(Exchange exchange, JsonObject body) {
    // As on the management port: requests are still served, but new ones should go elsewhere.
    boolean ready = service.ready() && !service.isClosing();
    exchange.answer(ready ? 200 : 503, Exchange.JSON, body.put("ready", ready).toBuffer());
  }

  void model(Exchange exchange) {
    LoadedModel model = service.served();
    JsonObject body =
        new JsonObject()
            .put("name", identity.name())
            .put("versions", new JsonArray().add(identity.version()))
            .put("platform", model.engine())
            .put("inputs", tensors(model.inputs()))
            .put("outputs", tensors(model.outputs()));
    service
        .batching()
        .ifPresent(
            batching ->
                body.put("parameters", new JsonObject().put("batching", batching.toString())));
    exchange.ok(body.toBuffer());
  }

  private static JsonArray tensors(List<TensorMetadata> tensors) {
    JsonArray array = new JsonArray();
    for (TensorMetadata tensor : tensors) {
      array.add(
          new JsonObject()
              .put("name", tensor.name())
              .put("datatype", tensor.datatype().name())
              .put("shape", new JsonArray(tensor.shape())));
    }
    return array;
  }
}

package dev.modelyard.runtime.status;

import dev.modelyard.runtime.inference.BatchingDecision;
import dev.modelyard.runtime.inference.InferenceService;
import dev.modelyard.runtime.model.ModelStatus;
import dev.modelyard.runtime.model.Phase;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** {@code /status} as JSON; {@code docs/contract/status-*.json} are its examples. */
final class StatusDocument {
  private StatusDocument() {}

  /** What is not known is left out. */
  static JsonObject of(
      ModelStatus status, InferenceService.Load load, Optional<BatchingDecision> batching) {
    JsonObject document =
        new JsonObject()
            .put("state", status.state().name())
            .put("revision", status.revision())
            .put("model", model(status, batching));
    status.progress().ifPresent(progress -> document.put("progress", progress(progress)));
    document.put("timings", timings(status)).put("load", load(load));
    status
        .failure()
        .ifPresent(
            failure ->
                document.put(
                    "failure",
                    new JsonObject()
                        .put("reason", failure.reason().name())
                        .put("message", failure.getMessage())));
    return document;
  }

  private static JsonObject model(ModelStatus status, Optional<BatchingDecision> batching) {
    JsonObject model = new JsonObject().put("uri", status.uri());
    status
        .digest()
        .ifPresent(
            files -> model.put("digest", files.digest()).put("sizeBytes", files.sizeBytes()));
    status
        .loaded()
        .ifPresent(loaded -> model.put("engine", loaded.engine()).put("device", loaded.device()));
    batching.ifPresent(decision -> model.put("batching", decision.toString()));
    return model;
  }

  private static JsonObject progress(ModelStatus.Progress progress) {
    JsonObject json = new JsonObject().put("done", progress.done());
    return progress.total() < 0 ? json : json.put("total", progress.total());
  }

  private static JsonObject timings(ModelStatus status) {
    JsonObject json = new JsonObject();
    put(json, "downloadMillis", status, Phase.DOWNLOAD);
    put(json, "loadMillis", status, Phase.LOAD);
    put(json, "warmUpMillis", status, Phase.WARM_UP);
    return json;
  }

  private static void put(JsonObject json, String name, ModelStatus status, Phase phase) {
    if (status.timings().containsKey(phase)) {
      json.put(name, status.timings().get(phase).toMillis());
    }
  }

  private static JsonObject load(InferenceService.Load load) {
    return new JsonObject()
        .put("inFlight", load.inFlight())
        .put("queued", load.queued())
        .put("completed", load.completed())
        .put("rejected", load.rejected())
        .put("failed", load.failed())
        .put("inFlightMillis", load.inFlightMillis())
        .put("queuedMillis", load.queuedMillis())
        .put("idleMillis", load.idleMillis());
  }
}

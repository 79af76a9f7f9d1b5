package dev.modelyard.runtime.inference;

import dev.modelyard.runtime.inference.InferenceException.Kind;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Gives an answer and counts it, once a request. */
final class Answers {
  private Answers() {}

  static void completed(Pending request, ServingStats stats, List<Tensor> outputs) {
    if (request.claim()) {
      stats.completed();
      request.answer(outputs, null);
    }
  }

  static void failed(Pending request, ServingStats stats, InferenceException failure) {
    if (request.claim()) {
      stats.failed();
      request.answer(null, failure);
    }
  }

  /** The client is gone, which is nobody's failure. */
  static void cancelled(Pending request) {
    if (request.claim()) {
      request.answer(null, InferenceException.of(Kind.CANCELLED, "the client is gone"));
    }
  }

  static void timeout(Pending request, ServingStats stats, String where) {
    long millis = TimeUnit.NANOSECONDS.toMillis(request.deadline - request.arrived);
    failed(
        request,
        stats,
        InferenceException.of(
            Kind.TIMEOUT,
            "no answer within the request timeout of %d ms: its time ended %s"
                .formatted(millis, where)));
  }
}

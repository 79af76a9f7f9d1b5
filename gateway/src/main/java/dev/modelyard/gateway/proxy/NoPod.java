package dev.modelyard.gateway.proxy;

import dev.modelyard.gateway.dispatch.LiveModel;
import dev.modelyard.gateway.dispatch.Models;
import dev.modelyard.gateway.dispatch.Waiter.GiveUp;
import dev.modelyard.gateway.routing.ModelKey;
import dev.modelyard.gateway.routing.ModelRoute.Refusal;
import java.time.Duration;

/** What a client is told whose request no pod takes. */
final class NoPod {
  /** Where nothing was measured yet. */
  private static final long COLD_START_SECONDS = 10;

  private NoPod() {}

  /** There is no such model. */
  static Problem unknown(ModelKey key, Models models) {
    if (!models.isComplete()) {
      return Problem.later(503, "this gateway has just started and knows no models yet", 1);
    }
    return Problem.of(
        404,
        "there is no model "
            + key
            + ": write /{namespace}/{name}/… with the names of a ModelDeployment");
  }

  /**
   * It is not held, or no longer.
   *
   * @param deadline how long it may be held at the most
   */
  static Problem givenUp(GiveUp why, LiveModel model, Models models, Duration deadline) {
    ModelKey key = model.route().key();
    return switch (why) {
      case FULL ->
          Problem.later(503, "as many requests wait for " + key + " as may", retryAfter(model));
      case DEADLINE ->
          Problem.later(
              503,
              "no replica of " + key + " became ready within " + deadline.toSeconds() + " s",
              retryAfter(model));
      case REFUSED -> refused(model, model.route().refusal());
      case GONE -> unknown(key, models);
      case STOPPING ->
          Problem.later(503, "this gateway stops before a replica is ready; ask again", 1);
    };
  }

  private static Problem refused(LiveModel model, Refusal refusal) {
    String none = model.route().key() + " has no replica that is ready";
    return refusal == null
        ? Problem.later(503, none, retryAfter(model))
        : Problem.of(503, none + ": " + refusal.reason() + ": " + refusal.message());
  }

  /** Seconds. Where a pod is there and has too much to do, it is a matter of a moment. */
  private static long retryAfter(LiveModel model) {
    if (model.hasPods()) {
      return 1;
    }
    Duration coldStart = model.route().coldStart();
    return coldStart == null ? COLD_START_SECONDS : Problem.seconds(coldStart.toNanos());
  }
}

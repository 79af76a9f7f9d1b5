package dev.modelyard.runtime.inference;

import dev.modelyard.runtime.model.ModelFailure;
import java.time.Duration;
import java.util.Optional;

/** The serving side of a loaded model, as the lifecycle sees it: start, warm up, drain. */
public interface InferenceService {
  /**
   * Starts the workers on the model and predicts once on zeros with every one of them. When it
   * returns, requests are served.
   *
   * @throws ModelFailure {@code WarmUpFailed} where a prediction fails or gives a number that is
   *     not finite
   */
  void start(LoadedModel model) throws ModelFailure;

  Load load();

  /**
   * Whether requests are computed together, and why; it may end while the model serves. Empty
   * before {@link #start}.
   */
  Optional<BatchingDecision> batching();

  /**
   * Empty while all workers live; otherwise says which worker has been busy with one batch for how
   * long: more than twice the request timeout, and more than a minute.
   */
  Optional<String> hung();

  /**
   * From now on every answer carries {@code Connection: close}, so that clients that keep a
   * connection open leave this pod; requests are still served. Called at SIGTERM.
   */
  void closing();

  /**
   * Refuses new requests with 503, finishes what is in flight and queued, then stops the workers.
   * The model stays open: it is closed by whoever loaded it, and only where this gave true.
   *
   * @return whether everything was finished within the time
   */
  boolean drain(Duration atMost);

  /**
   * In flight and queued are gauges; completed, rejected and failed count since start.
   *
   * @param inFlightMillis milliseconds since start that requests were computed, summed over them
   * @param queuedMillis milliseconds since start that requests waited, summed over them
   * @param idleMillis how long there has been no request, by a clock that never jumps; 0 while
   *     there is one
   */
  record Load(
      int inFlight,
      int queued,
      long completed,
      long rejected,
      long failed,
      long inFlightMillis,
      long queuedMillis,
      long idleMillis) {}
}

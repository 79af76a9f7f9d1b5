package dev.modelyard.runtime.inference;

import dev.modelyard.runtime.config.BatchingMode;
import dev.modelyard.runtime.config.RuntimeConfig;
import java.time.Duration;

/**
 * How one model is served.
 *
 * @param batching who decides whether requests are computed together
 * @param maxBatchSize most rows computed together
 * @param maxDelay how long a request may wait for a fuller batch
 * @param queueCapacity most requests that wait
 * @param queueBytes most bytes that the tensors of waiting requests may take
 * @param requestTimeout from arrival to answer
 * @param workers threads, each with a predictor of its own
 */
public record ServingOptions(
    BatchingMode batching,
    int maxBatchSize,
    Duration maxDelay,
    int queueCapacity,
    long queueBytes,
    Duration requestTimeout,
    int workers) {

  /** The queue may take a quarter of the heap. */
  public static ServingOptions of(RuntimeConfig.Serving serving) {
    return new ServingOptions(
        serving.batching().mode(),
        serving.batching().maxSize(),
        serving.batching().maxDelay(),
        serving.queueCapacity(),
        Runtime.getRuntime().maxMemory() / 4,
        serving.requestTimeout(),
        serving.workers());
  }

  /** One batch may take so long before its worker counts as hung: twice the timeout, or 60 s. */
  Duration hungAfter() {
    Duration twice = requestTimeout.multipliedBy(2);
    Duration least = Duration.ofSeconds(60);
    return twice.compareTo(least) > 0 ? twice : least;
  }
}

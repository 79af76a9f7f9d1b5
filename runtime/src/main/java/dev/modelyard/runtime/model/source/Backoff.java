package dev.modelyard.runtime.model.source;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Waits between attempts: doubling from {@code first} to at most {@code max}, with jitter. */
public record Backoff(Duration first, Duration max) {
  public static final Backoff DEFAULT = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

  /**
   * @param failures failed attempts in a row, at least 1
   */
  Duration delay(int failures) {
    long full = first.toMillis() << Math.min(failures - 1, 20);
    long capped = Math.min(full, max.toMillis());
    // Half fixed, half random, so that the pods of one model do not come back all at once.
    return Duration.ofMillis(
        capped / 2 + ThreadLocalRandom.current().nextLong(capped - capped / 2 + 1));
  }
}

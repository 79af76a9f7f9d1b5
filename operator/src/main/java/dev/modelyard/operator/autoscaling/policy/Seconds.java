package dev.modelyard.operator.autoscaling.policy;

import java.time.Duration;

/** Time as the arithmetic needs it. */
final class Seconds {
  private static final double NANOS = 1e9;

  private Seconds() {}

  static double of(Duration duration) {
    return duration.getSeconds() + duration.getNano() / NANOS;
  }

  /** From one monotonic time to a later one; right across the counter's overflow too. */
  static double between(long fromNanos, long toNanos) {
    return (toNanos - fromNanos) / NANOS;
  }
}

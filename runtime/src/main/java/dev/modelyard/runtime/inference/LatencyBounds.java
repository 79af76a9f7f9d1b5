package dev.modelyard.runtime.inference;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.stream.LongStream;

/** Bounds of the latency histograms: half a millisecond to half a minute. */
public final class LatencyBounds {
  private static final long[] MICROSECONDS = {
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    30_000_000
  };

  private LatencyBounds() {}

  public static Duration[] all() {
    return LongStream.of(MICROSECONDS)
        .mapToObj(micros -> Duration.of(micros, ChronoUnit.MICROS))
        .toArray(Duration[]::new);
  }
}

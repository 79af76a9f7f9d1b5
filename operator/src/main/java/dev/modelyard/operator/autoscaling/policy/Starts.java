package dev.modelyard.operator.autoscaling.policy;

import java.time.Duration;

/** What to expect of the replicas that start. */
final class Starts {
  /** Until one was measured. */
  private static final double UNKNOWN_COLD_START_SECONDS = 30;

  private static final double UNKNOWN_OVERDUE_SECONDS = 600;
  private static final double OVERDUE_FACTOR = 2;
  private static final double OVERDUE_MARGIN_SECONDS = 10;

  private Starts() {}

  static double coldStartSeconds(Replicas replicas) {
    return replicas.coldStart().map(Seconds::of).orElse(UNKNOWN_COLD_START_SECONDS);
  }

  /** Whether a start takes so much longer than measured that it may never end. */
  static boolean overdue(Duration age, Replicas replicas) {
    double allowed =
        replicas
            .coldStart()
            .map(start -> OVERDUE_FACTOR * Seconds.of(start) + OVERDUE_MARGIN_SECONDS)
            .orElse(UNKNOWN_OVERDUE_SECONDS);
    return Seconds.of(age) > allowed;
  }

  static long overdue(Replicas replicas) {
    return replicas.starting().stream().filter(age -> overdue(age, replicas)).count();
  }

  /** Whether more of the same would hardly become Ready either. */
  static boolean failing(Replicas replicas) {
    return overdue(replicas) >= Math.max(1, replicas.ready());
  }
}

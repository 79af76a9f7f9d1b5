package dev.modelyard.bench.autoscaling;

import dev.modelyard.bench.autoscaling.Simulation.Result;

/** Whether one result is better than another, on both axes. */
enum Comparison {
  /** As good on both axes, better on one at least. */
  BETTER("better"),
  /** As good on both. */
  EQUAL("equal"),
  /** More requests in time, for more replica-seconds. */
  DEARER("more in time, dearer"),
  /** Fewer replica-seconds, fewer requests in time. */
  CHEAPER("cheaper, fewer in time"),
  /** As good on none, or worse on one and equal on the other. */
  WORSE("worse");

  /** Differences up to these are none: 0.1 percentage points, and 1 % of the replica-seconds. */
  static final double ATTAINMENT = 0.001;

  static final double COST = 0.01;

  private final String label;

  Comparison(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  static Comparison of(Result one, Result other) {
    double attainment = one.attainment() - other.attainment();
    double cost = one.replicaSeconds() / other.replicaSeconds() - 1;
    boolean moreInTime = attainment > ATTAINMENT;
    boolean fewerInTime = attainment < -ATTAINMENT;
    boolean cheaper = cost < -COST;
    boolean dearer = cost > COST;
    if (!fewerInTime && !dearer) {
      return moreInTime || cheaper ? BETTER : EQUAL;
    }
    return moreInTime ? DEARER : cheaper ? CHEAPER : WORSE;
  }
}

package dev.modelyard.bench.autoscaling;

/**
 * What is scaled.
 *
 * @param slots requests that a replica computes at a time
 * @param slowdown how much longer a request takes in a full replica than alone, as a share: the
 *     price of a batch
 * @param coldStartSeconds from "wanted" to Ready, on average
 * @param waitSeconds the objective: a request that waits longer before it is computed misses it
 * @param target in flight and waiting, a replica, that every contender aims at
 * @param maxReplicas for every contender
 */
record Plant(
    int slots,
    double slowdown,
    double coldStartSeconds,
    double waitSeconds,
    double target,
    int maxReplicas) {
  /** Starts take up to so much longer or shorter than the mean, as a share. */
  static final double START_SPREAD = 0.1;

  static Plant withColdStart(double seconds) {
    return new Plant(10, 0.5, seconds, 1, 7, 60);
  }
}

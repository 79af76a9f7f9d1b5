package dev.modelyard.bench.autoscaling;

import java.util.List;

/** A contender. Asked once a second; one that decides less often answers what is wanted. */
interface Autoscaler {
  /** How many replicas from now on. */
  int decide(Sample sample);

  /**
   * What there is to know at the end of a second. Each contender uses of it what its real
   * counterpart can see, as late as that sees it.
   *
   * @param second since the start
   * @param inFlight requests being computed
   * @param waiting requests queued, or held where nothing is Ready
   * @param meanInFlight averaged over the last second
   * @param meanWaiting likewise
   * @param arrived in all
   * @param completed in all
   * @param idleSeconds for how long no request has been there
   * @param wanted what the contender last decided
   * @param readySeconds for each Ready replica, for how long it has been
   * @param startingSeconds for each that starts, for how long it has been wanted
   */
  record Sample(
      int second,
      int inFlight,
      int waiting,
      double meanInFlight,
      double meanWaiting,
      long arrived,
      long completed,
      double idleSeconds,
      int wanted,
      List<Double> readySeconds,
      List<Double> startingSeconds) {
    int ready() {
      return readySeconds.size();
    }

    double meanLoad() {
      return meanInFlight + meanWaiting;
    }
  }
}

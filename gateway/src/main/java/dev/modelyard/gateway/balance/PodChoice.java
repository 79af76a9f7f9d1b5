package dev.modelyard.gateway.balance;

import java.util.Collection;
import java.util.concurrent.ThreadLocalRandom;

/** Chooses the pod with the fewest requests in flight from this gateway. */
public final class PodChoice {
  /** Up to so many are all looked at; of more, two that are drawn. */
  static final int SCANNED = 16;

  private static final int PAUSED = 1;
  private static final int EJECTED = 2;

  private PodChoice() {}

  /**
   * Pods that asked for a pause, and those that fail, are taken only where there is no other: a pod
   * that may fail is better than an answer that does.
   *
   * @param most a pod with so many in flight takes no more
   * @param tried those not to be taken again
   * @param failingToo whether one that fails is better than none
   * @return null where none takes a request
   */
  public static Pod choose(
      Pod[] pods, int most, Collection<Pod> tried, boolean failingToo, long now) {
    if (pods.length > SCANNED) {
      Pod one = draw(pods, most, tried, now);
      Pod other = draw(pods, most, tried, now);
      if (one != null && other != null) {
        return one.inFlight() <= other.inFlight() ? one : other;
      }
    }
    return scan(pods, most, tried, failingToo ? EJECTED : PAUSED, now);
  }

  /** Null where the one drawn is no good choice. */
  private static Pod draw(Pod[] pods, int most, Collection<Pod> tried, long now) {
    Pod pod = pods[ThreadLocalRandom.current().nextInt(pods.length)];
    return penalty(pod, now) == 0 && pod.inFlight() < most && !tried.contains(pod) ? pod : null;
  }

  private static Pod scan(Pod[] pods, int most, Collection<Pod> tried, int worst, long now) {
    Pod best = null;
    int bestPenalty = worst;
    int bestInFlight = Integer.MAX_VALUE;
    // A start at random, so that among equals each gets its share.
    int start = pods.length > 1 ? ThreadLocalRandom.current().nextInt(pods.length) : 0;
    for (int i = 0; i < pods.length; i++) {
      Pod pod = pods[start + i < pods.length ? start + i : start + i - pods.length];
      int inFlight = pod.inFlight();
      if (inFlight >= most || !tried.isEmpty() && tried.contains(pod)) {
        continue;
      }
      int penalty = penalty(pod, now);
      if (penalty < bestPenalty || penalty == bestPenalty && inFlight < bestInFlight) {
        best = pod;
        bestPenalty = penalty;
        bestInFlight = inFlight;
      }
    }
    return best;
  }

  private static int penalty(Pod pod, long now) {
    return pod.isEjected(now) ? EJECTED : pod.isPaused(now) ? PAUSED : 0;
  }
}

package dev.modelyard.operator.autoscaling.policy;

import dev.modelyard.operator.autoscaling.policy.ScalingState.Changes;

/**
 * For how long replicas that carried the load are kept when they are not needed.
 *
 * <p>At least for the scale-down delay. A replica that takes long to start is kept longer: to keep
 * it for as long as a start costs is the best one can do without knowing the future (ski rental,
 * Karlin et al. 1988), and the requests that would wait weigh as much again. Where a scale-down
 * turned out wrong, because the load came back soon, it is kept for as long as would have spared
 * that, as the keep-alive of Shahrad et al. ("Serverless in the Wild", 2020) does from the gaps
 * between requests; what does not come back makes it forget.
 *
 * <p>What only drained a backlog is not kept beyond the delay.
 */
final class Keeping {
  private static final double COLD_STARTS = 2;
  private static final double MOST_COLD_STARTS = 15;
  private static final double MOST_SECONDS = 300;

  /** So much more than what is there is a scale-down that was wrong, not noise. */
  private static final double REGRET = 1.25;

  private static final double FORGET = 0.5;

  private Keeping() {}

  /** In seconds. */
  static double seconds(ScalingRules rules, Replicas replicas, Changes changes) {
    double start = replicas.coldStart().map(Seconds::of).orElse(0.0);
    double byCost = Math.min(MOST_SECONDS, COLD_STARTS * start);
    double byExperience = Math.min(MOST_COLD_STARTS * start, changes.keep());
    return Math.max(Seconds.of(rules.scaleDownDelay()), Math.max(byCost, byExperience));
  }

  /** What a scale-up for load teaches; in seconds. */
  static double learnt(
      ScalingRules rules, Replicas replicas, Changes changes, long now, int raisedTo) {
    if (changes.down().isEmpty()) {
      return changes.keep();
    }
    double gone = Seconds.between(changes.down().getAsLong(), now);
    if (gone >= MOST_SECONDS) {
      return FORGET * changes.keep();
    }
    if (raisedTo < REGRET * replicas.wanted()) {
      return changes.keep();
    }
    double spared = seconds(rules, replicas, changes) + gone;
    return Math.min(MOST_SECONDS, Math.max(changes.keep(), spared));
  }
}

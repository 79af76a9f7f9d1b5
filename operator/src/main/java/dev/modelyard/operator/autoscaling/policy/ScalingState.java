package dev.modelyard.operator.autoscaling.policy;

import java.util.OptionalLong;

/**
 * What the policy remembers of one model. Immutable; {@link #initial()} after a restart, a change
 * of leader, or for a new model: that is safe, only slower to scale down.
 */
public record ScalingState(Past past, Changes changes) {
  private static final ScalingState INITIAL = new ScalingState(Past.NONE, Changes.NONE);

  /** Nothing is known yet. */
  public static ScalingState initial() {
    return INITIAL;
  }

  /**
   * What was observed.
   *
   * @param samples full ones, without a gap
   * @param cost replica-seconds that a request takes at the target, as last measured; NaN before
   * @param right replicas that were right, over the scale-down delay
   * @param carrying replicas that carried the load without its backlogs, for as long as they are
   *     kept
   * @param since when the observation without a gap began
   */
  record Past(
      Samples samples,
      double cost,
      Recommendations right,
      Recommendations carrying,
      OptionalLong since) {
    static final Past NONE =
        new Past(
            Samples.NONE,
            Double.NaN,
            Recommendations.NONE,
            Recommendations.NONE,
            OptionalLong.empty());
  }

  /**
   * What was done.
   *
   * @param keep how long replicas are kept, from experience; seconds
   */
  record Changes(OptionalLong up, OptionalLong down, OptionalLong shortage, double keep) {
    static final Changes NONE =
        new Changes(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), 0);
  }

  /** Whatever was observed before, as after a restart; what a request costs stays known. */
  ScalingState forgotten() {
    return new ScalingState(
        new Past(
            Samples.NONE,
            past.cost,
            Recommendations.NONE,
            Recommendations.NONE,
            OptionalLong.empty()),
        changes);
  }

  ScalingState observed(long nanos, Samples samples, double cost) {
    OptionalLong since = past.since.isPresent() ? past.since : OptionalLong.of(nanos);
    return new ScalingState(new Past(samples, cost, past.right, past.carrying, since), changes);
  }

  ScalingState recommended(Recommendations right, Recommendations carrying) {
    return new ScalingState(
        new Past(past.samples, past.cost, right, carrying, past.since), changes);
  }

  ScalingState raised(long nanos, double keep) {
    return new ScalingState(
        past, new Changes(OptionalLong.of(nanos), changes.down, changes.shortage, keep));
  }

  ScalingState lowered(long nanos) {
    return new ScalingState(
        past, new Changes(changes.up, OptionalLong.of(nanos), changes.shortage, changes.keep));
  }

  ScalingState shortage(long nanos) {
    return new ScalingState(
        past, new Changes(changes.up, changes.down, OptionalLong.of(nanos), changes.keep));
  }
}

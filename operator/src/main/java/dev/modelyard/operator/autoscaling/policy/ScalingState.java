package dev.modelyard.operator.autoscaling.policy;

import java.util.OptionalLong;

/**
 * What the policy remembers of one model. Immutable; {@link #initial()} after a restart, a change
 * of leader, or for a new model: that is safe, only slower to scale down.
 *
 * @param samples full samples
 * @param cost replica-seconds that a request takes at the target, as last measured; NaN before
 * @param observedSince since when, without a gap, full samples came
 * @param lastFull the last full sample
 * @param lastUp when more replicas were last decided
 * @param lastShortage when a pod was last seen unschedulable
 */
public record ScalingState(
    Samples samples,
    Recommendations recommendations,
    double cost,
    OptionalLong observedSince,
    OptionalLong lastFull,
    OptionalLong lastUp,
    OptionalLong lastShortage) {

  private static final ScalingState INITIAL =
      new ScalingState(
          Samples.NONE,
          Recommendations.NONE,
          Double.NaN,
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty());

  /** Nothing is known yet. */
  public static ScalingState initial() {
    return INITIAL;
  }

  /** Whatever was observed before, as after a restart; what a request costs stays known. */
  ScalingState forgotten() {
    return new ScalingState(
        Samples.NONE,
        Recommendations.NONE,
        cost,
        OptionalLong.empty(),
        OptionalLong.empty(),
        lastUp,
        lastShortage);
  }

  ScalingState observed(long nanos, Samples with, double newCost) {
    return new ScalingState(
        with,
        recommendations,
        newCost,
        observedSince.isPresent() ? observedSince : OptionalLong.of(nanos),
        OptionalLong.of(nanos),
        lastUp,
        lastShortage);
  }

  ScalingState recommended(long nanos, int replicas, double keptSeconds) {
    return new ScalingState(
        samples,
        recommendations.with(nanos, replicas, keptSeconds),
        cost,
        observedSince,
        lastFull,
        lastUp,
        lastShortage);
  }

  ScalingState raised(long nanos) {
    return new ScalingState(
        samples,
        recommendations,
        cost,
        observedSince,
        lastFull,
        OptionalLong.of(nanos),
        lastShortage);
  }

  ScalingState shortage(long nanos) {
    return new ScalingState(
        samples, recommendations, cost, observedSince, lastFull, lastUp, OptionalLong.of(nanos));
  }
}

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
    Recommendations carrying,
    double cost,
    OptionalLong observedSince,
    OptionalLong lastFull,
    OptionalLong lastUp,
    OptionalLong lastDown,
    double keptSeconds,
    OptionalLong lastShortage) {

  private static final ScalingState INITIAL =
      new ScalingState(
          Samples.NONE,
          Recommendations.NONE,
          Recommendations.NONE,
          Double.NaN,
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          0,
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
        Recommendations.NONE,
        cost,
        OptionalLong.empty(),
        OptionalLong.empty(),
        lastUp,
        lastDown,
        keptSeconds,
        lastShortage);
  }

  ScalingState observed(long nanos, Samples with, double newCost) {
    return new ScalingState(
        with,
        recommendations,
        carrying,
        newCost,
        observedSince.isPresent() ? observedSince : OptionalLong.of(nanos),
        OptionalLong.of(nanos),
        lastUp,
        lastDown,
        keptSeconds,
        lastShortage);
  }

  ScalingState recommended(
      long nanos, int right, double delaySeconds, int toCarry, double carriedSeconds) {
    return new ScalingState(
        samples,
        recommendations.with(nanos, right, delaySeconds),
        carrying.with(nanos, toCarry, carriedSeconds),
        cost,
        observedSince,
        lastFull,
        lastUp,
        lastDown,
        keptSeconds,
        lastShortage);
  }

  ScalingState raised(long nanos, double kept) {
    return new ScalingState(
        samples,
        recommendations,
        carrying,
        cost,
        observedSince,
        lastFull,
        OptionalLong.of(nanos),
        lastDown,
        kept,
        lastShortage);
  }

  ScalingState shortage(long nanos) {
    return new ScalingState(
        samples, recommendations, carrying, cost, observedSince, lastFull, lastUp, lastDown, keptSeconds, OptionalLong.of(nanos));
  }

  ScalingState lowered(long nanos, double kept) {
    return new ScalingState(
        samples,
        recommendations,
        carrying,
        cost,
        observedSince,
        lastFull,
        lastUp,
        OptionalLong.of(nanos),
        kept,
        lastShortage);
  }
}

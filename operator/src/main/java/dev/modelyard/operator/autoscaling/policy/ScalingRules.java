package dev.modelyard.operator.autoscaling.policy;

import java.time.Duration;
import java.util.Objects;

/**
 * What the user asks for.
 *
 * @param minReplicas 0 or more; 0 allows to scale to zero
 * @param maxReplicas 1 or more, at least {@code minReplicas}
 * @param scaleToZeroAfter how long no request may have been there before the last replica goes
 * @param scaleDownDelay fewer replicas only when fewer have been enough for this long
 */
public record ScalingRules(
    int minReplicas,
    int maxReplicas,
    Target target,
    Duration scaleToZeroAfter,
    Duration scaleDownDelay) {
  public ScalingRules {
    Objects.requireNonNull(target, "target");
    if (minReplicas < 0 || maxReplicas < 1 || minReplicas > maxReplicas) {
      throw new IllegalArgumentException(
          "0 <= minReplicas <= maxReplicas and 1 <= maxReplicas are needed: "
              + minReplicas
              + ", "
              + maxReplicas);
    }
    if (scaleToZeroAfter.isNegative() || scaleDownDelay.isNegative()) {
      throw new IllegalArgumentException(
          "durations must not be negative: " + scaleToZeroAfter + ", " + scaleDownDelay);
    }
  }

  int clamp(int replicas) {
    return Math.max(minReplicas, Math.min(maxReplicas, replicas));
  }
}

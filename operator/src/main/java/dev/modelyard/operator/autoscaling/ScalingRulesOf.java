package dev.modelyard.operator.autoscaling;

import dev.modelyard.api.v1alpha1.Autoscaling;
import dev.modelyard.api.v1alpha1.Durations;
import dev.modelyard.api.v1alpha1.ModelDeploymentSpec;
import dev.modelyard.api.v1alpha1.Serving;
import dev.modelyard.operator.autoscaling.policy.ScalingRules;
import dev.modelyard.operator.autoscaling.policy.Target;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** The policy's rules from the spec, with what is meant where it is silent. */
final class ScalingRulesOf {
  private static final int BATCH = 32;

  private ScalingRulesOf() {}

  /**
   * @param spec with {@code autoscaling}
   * @throws IllegalArgumentException where a value is none that the CRD lets through
   */
  static ScalingRules spec(ModelDeploymentSpec spec) {
    Autoscaling autoscaling = spec.autoscaling();
    return new ScalingRules(
        Objects.requireNonNullElse(autoscaling.minReplicas(), 1),
        autoscaling.maxReplicas(),
        target(autoscaling.target(), spec.serving()),
        duration(autoscaling.scaleToZeroAfter(), Duration.ofMinutes(5)),
        duration(autoscaling.scaleDownDelay(), Duration.ofMinutes(1)));
  }

  private static Target target(Autoscaling.Target target, Serving serving) {
    if (target == null) {
      return new Target.InFlight(computedTogether(serving));
    }
    if (target.inFlightPerReplica() != null) {
      return new Target.InFlight(target.inFlightPerReplica());
    }
    if (target.requestsPerSecond() != null) {
      return new Target.Rate(Quantity.getAmountInBytes(target.requestsPerSecond()).doubleValue());
    }
    return new Target.QueueTime(Durations.parse(target.queueTime()));
  }

  /** As many as one replica computes at the same time. */
  private static int computedTogether(Serving serving) {
    Optional<Serving> given = Optional.ofNullable(serving);
    int batch = given.map(Serving::batching).map(Serving.Batching::maxSize).orElse(BATCH);
    return batch * given.map(Serving::workers).orElse(1);
  }

  private static Duration duration(String text, Duration whenAbsent) {
    return text == null ? whenAbsent : Durations.parse(text);
  }
}

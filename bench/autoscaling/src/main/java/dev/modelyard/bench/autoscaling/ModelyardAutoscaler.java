package dev.modelyard.bench.autoscaling;

import dev.modelyard.operator.autoscaling.policy.Decision;
import dev.modelyard.operator.autoscaling.policy.Observation;
import dev.modelyard.operator.autoscaling.policy.Replicas;
import dev.modelyard.operator.autoscaling.policy.ScalingPolicy;
import dev.modelyard.operator.autoscaling.policy.ScalingRules;
import dev.modelyard.operator.autoscaling.policy.ScalingState;
import dev.modelyard.operator.autoscaling.policy.Signal;
import dev.modelyard.operator.autoscaling.policy.Target;
import java.time.Duration;
import java.util.Optional;

/**
 * This project's policy, as the operator runs it: from a sample of the gauges and counters of every
 * pod a second, which is what {@code /status} gives.
 */
final class ModelyardAutoscaler implements Autoscaler {
  private final Plant plant;
  private final ScalingRules rules;
  private ScalingState state = ScalingState.initial();

  ModelyardAutoscaler(Plant plant, int minReplicas, Target target, Duration toZeroAfter, Duration downDelay) {
    this.plant = plant;
    this.rules = new ScalingRules(minReplicas, plant.maxReplicas(), target, toZeroAfter, downDelay);
  }

  @Override
  public int decide(Sample sample) {
    Decision decision =
        ScalingPolicy.decide(
            rules,
            state,
            new Observation(sample.second() * 1_000_000_000L, signal(sample), replicas(sample)));
    state = decision.next();
    return decision.replicas();
  }

  private Signal signal(Sample sample) {
    boolean served = sample.ready() > 0;
    return new Signal.Measured(
        sample.inFlight(),
        served ? sample.waiting() : 0,
        served ? 0 : sample.waiting(),
        sample.arrived(),
        sample.completed(),
        Math.min(sample.ready(), sample.inFlight()),
        Duration.ofMillis((long) (sample.idleSeconds() * 1000)),
        sample.ready() + 1,
        sample.ready() + 1,
        Duration.ZERO);
  }

  private Replicas replicas(Sample sample) {
    return new Replicas(
        sample.wanted(),
        sample.ready(),
        sample.startingSeconds().stream()
            .map(seconds -> Duration.ofMillis((long) (seconds * 1000)))
            .toList(),
        0,
        true,
        true,
        Optional.of(Duration.ofMillis((long) (plant.coldStartSeconds() * 1000))));
  }
}

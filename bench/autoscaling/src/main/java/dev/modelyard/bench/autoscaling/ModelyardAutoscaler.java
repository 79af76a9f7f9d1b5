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
 * This project's policy, as the operator runs it: once a second, from what {@code /status} of every
 * pod gives: counters, and the mean of what was in flight and queued since the last look; of what
 * the gateways hold, the number at that moment.
 */
final class ModelyardAutoscaler implements Autoscaler {
  private final Plant plant;
  private final ScalingRules rules;
  private ScalingState state = ScalingState.initial();

  ModelyardAutoscaler(
      Plant plant, int minReplicas, Target target, Duration toZeroAfter, Duration downDelay) {
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
        sample.meanInFlight(),
        served ? sample.meanWaiting() : 0,
        served ? 0 : sample.waiting(),
        sample.arrived(),
        sample.completed(),
        Math.min(sample.ready(), sample.meanInFlight()),
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

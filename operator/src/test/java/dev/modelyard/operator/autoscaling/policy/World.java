package dev.modelyard.operator.autoscaling.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model under a steady or changing load, sampled once a second, that does what the policy says:
 * fluid requests of one service time, replicas that need a cold start. For tests of the policy in
 * time; the simulator in {@code bench/} is the exact one.
 */
final class World {
  final ScalingRules rules;
  ScalingState state = ScalingState.initial();
  long nanos;
  double perSecond;
  double serviceSeconds = 0.5;
  double slots = 10;
  int coldStart = 5;
  int measuredColdStart;
  int wanted = 1;
  int nodes = Integer.MAX_VALUE;
  boolean everReady = true;
  boolean canWake = true;
  Decision last;

  private final List<Integer> ages = new ArrayList<>();
  private double present;
  private double arrived;
  private double completed;
  private int idleSeconds;

  World(ScalingRules rules, int wanted) {
    this.rules = rules;
    this.wanted = wanted;
    for (int i = 0; i < wanted; i++) {
      ages.add(1_000_000);
    }
  }

  /** One second passes; then the policy looks and its decision is done. */
  Decision second() {
    return decide(step());
  }

  Signal.Measured step() {
    nanos += 1_000_000_000L;
    ages.replaceAll(age -> age + 1);
    while (ages.size() > wanted) {
      ages.remove(ages.size() - 1);
    }
    while (ages.size() < Math.min(wanted, nodes)) {
      ages.add(0);
    }
    if (ready() > 0) {
      everReady = true;
    }
    arrived += perSecond;
    double capacity = slots * ready() / serviceSeconds;
    double unfinished = Math.min(perSecond, capacity) * serviceSeconds;
    double done = Math.max(0, Math.min(capacity, present + perSecond - unfinished));
    present += perSecond - done;
    if (present < 1e-3) {
      present = 0;
    }
    completed += done;
    idleSeconds = present > 0 || perSecond > 0 ? 0 : idleSeconds + 1;
    return signal();
  }

  Signal.Measured signal() {
    double inFlight = Math.min(present, slots * ready());
    double waiting = present - inFlight;
    return new Signal.Measured(
        inFlight,
        ready() > 0 ? waiting : 0,
        ready() > 0 ? 0 : waiting,
        arrived,
        completed,
        Math.min(ready(), Math.ceil(inFlight)),
        Duration.ofSeconds(idleSeconds),
        ready() + 1,
        ready() + 1,
        Duration.ZERO);
  }

  Decision decide(Signal signal) {
    last = ScalingPolicy.decide(rules, state, new Observation(nanos, signal, replicas()));
    state = last.next();
    wanted = last.replicas();
    return last;
  }

  Replicas replicas() {
    return new Replicas(
        wanted,
        ready(),
        ages.stream().filter(age -> age < coldStart).map(Duration::ofSeconds).toList(),
        Math.max(0, wanted - nodes),
        everReady,
        canWake,
        Optional.of(Duration.ofSeconds(measuredColdStart > 0 ? measuredColdStart : coldStart)));
  }

  int ready() {
    return (int) ages.stream().filter(age -> age >= coldStart).count();
  }

  World run(int seconds) {
    for (int i = 0; i < seconds; i++) {
      second();
    }
    return this;
  }

  World load(double requestsPerSecond) {
    perSecond = requestsPerSecond;
    return this;
  }
}

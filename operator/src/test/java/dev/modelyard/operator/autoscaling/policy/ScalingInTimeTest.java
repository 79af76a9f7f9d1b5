package dev.modelyard.operator.autoscaling.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The policy over time, against a small world that does what it says. */
class ScalingInTimeTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static ScalingRules rules(int min, int max) {
    return new ScalingRules(min, max, new Target.InFlight(7), Duration.ofMinutes(5), MINUTE);
  }

  @Test
  void aSteadyLoadHasTheReplicasOfLittlesLaw() {
    // 140 requests/s of 0.5 s are 70 in flight: 10 replicas of 7.
    World world = new World(rules(1, 50), 10).load(140).run(300);

    assertThat(world.wanted).isEqualTo(10);
    assertThat(world.last.cause()).isEqualTo(Cause.STEADY);
  }

  @Test
  void aBurstIsAnsweredFromItsFirstSample() {
    World world = new World(rules(1, 50), 2).load(20).run(120).load(280);

    Decision first = world.second();

    assertThat(first.cause()).isEqualTo(Cause.LOAD_ROSE);
    // 20 carry it, the rest is for what piles up during the cold start.
    assertThat(first.replicas()).isBetween(20, 40);
  }

  @Test
  void whatStartsIsNotAskedForAgain() {
    World world = new World(rules(1, 100), 2);
    world.coldStart = 20;
    world.load(20).run(120).load(280);
    List<Integer> wanted = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      wanted.add(world.second().replicas());
    }

    // 20 carry the load, and the backlog of 20 s asks for as many again.
    assertThat(wanted).allMatch(replicas -> replicas <= 60);
    assertThat(wanted.get(59)).isEqualTo(world.ready());
  }

  @Test
  void lessLoadIsFollowedAfterTheDelayInOneStep() {
    World world = new World(rules(1, 50), 10).load(140).run(200).load(70);
    int seconds = 0;
    while (world.second().replicas() == 10) {
      seconds++;
    }

    assertThat(seconds).isBetween(58, 90);
    assertThat(world.last.cause()).isEqualTo(Cause.LOAD_FELL);
    assertThat(world.run(100).wanted).isEqualTo(5);
  }

  @Test
  void aRestartWaitsForTheWholeDelayAnew() {
    World world = new World(rules(1, 50), 10).load(140).run(200).load(14).run(50);
    world.state = ScalingState.initial();
    List<Decision> decisions = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      decisions.add(world.second());
    }

    assertThat(decisions).allMatch(decision -> decision.replicas() == 10);
    assertThat(world.run(5).wanted).isEqualTo(1);
  }

  @Test
  void aGapInTheSamplesIsLikeARestart() {
    World world = new World(rules(1, 50), 10).load(140).run(200).load(14).run(50);
    for (int i = 0; i < 15; i++) {
      world.step();
      assertThat(world.decide(new Signal.Missing("no answer")).cause())
          .isEqualTo(Cause.SIGNAL_MISSING);
    }

    assertThat(world.run(55).wanted).isEqualTo(10);
    assertThat(world.run(10).wanted).isEqualTo(1);
  }

  @Test
  void idleGoesToZeroAndARestartDoesNotResetIt() {
    World world = new World(rules(0, 50), 1).load(7).run(60).load(0).run(295);
    assertThat(world.wanted).isEqualTo(1);
    world.state = ScalingState.initial();

    world.run(20);

    assertThat(world.wanted).isZero();
  }

  @Test
  void idleDoesNotEndAModelThatNothingCouldWake() {
    World world = new World(rules(0, 50), 1);
    world.canWake = false;

    assertThat(world.run(600).wanted).isEqualTo(1);
  }

  @Test
  void aHeldRequestWakesIt() {
    World world = new World(rules(0, 50), 0).run(30).load(1);

    Decision decision = world.second();

    assertThat(decision.cause()).isEqualTo(Cause.DEMAND_AT_ZERO);
    assertThat(decision.replicas()).isEqualTo(1);
  }

  @Test
  void aFirstStartThatNeverBecomesReadyIsNeitherIdledOutNorMultiplied() {
    World world = new World(rules(0, 50), 0);
    world.everReady = false;
    world.coldStart = 1_000_000;
    world.run(1000);
    assertThat(world.wanted).isEqualTo(1);
  }

  @Test
  void aShortageKeepsOnePodWaiting() {
    World world = new World(rules(1, 50), 2).load(20).run(60);
    world.nodes = 6;
    world.load(280).run(120);

    assertThat(world.wanted).isEqualTo(7);
    assertThat(world.last.cause()).isEqualTo(Cause.UNSCHEDULABLE);
    assertThat(world.last.explanation()).contains("the scheduler finds no node for 1");
  }

  @Test
  void nodesThatComeBackAreTakenOneByOne() {
    World world = new World(rules(1, 50), 2).load(20).run(60);
    world.nodes = 6;
    world.load(280).run(60);
    world.nodes = 30;
    int before = world.wanted;
    for (int i = 0; i < 10; i++) {
      int wanted = world.second().replicas();
      assertThat(wanted - before).isBetween(0, 1);
      before = wanted;
    }

    assertThat(world.run(200).wanted).isGreaterThanOrEqualTo(20);
  }
}

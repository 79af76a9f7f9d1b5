package dev.modelyard.operator.autoscaling.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
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

  /** What is let pass for noise is no backlog either, or it would go up and down for ever. */
  @Test
  void aLoadJustOverTheTargetIsLeftAlone() {
    World world = new World(rules(1, 50), 5);
    world.coldStart = 13;
    world.load(72).run(30);

    for (int second = 0; second < 600; second++) {
      assertThat(world.second().replicas()).isEqualTo(5);
    }
  }

  @Test
  void clientsThatWaitForTheirAnswersAreLoadHoweverFastTheyGetThem() {
    ScalingRules rules =
        new ScalingRules(1, 50, new Target.InFlight(16), Duration.ofMinutes(5), MINUTE);
    ScalingState state = ScalingState.initial();
    int wanted = 1;
    List<Integer> decided = new ArrayList<>();
    for (int second = 1; second <= 90; second++) {
      int ready = wanted;
      double inFlight = Math.min(64, 10.0 * ready);
      Decision decision =
          ScalingPolicy.decide(
              rules,
              state,
              new Observation(
                  second * 1_000_000_000L,
                  new Signal.Measured(
                      inFlight,
                      64 - inFlight,
                      0,
                      400.0 * second + 64,
                      400.0 * second,
                      ready,
                      Duration.ZERO,
                      ready + 1,
                      ready + 1,
                      Duration.ZERO),
                  new Replicas(
                      wanted,
                      ready,
                      List.of(),
                      0,
                      true,
                      true,
                      Optional.of(Duration.ofSeconds(2)))));
      state = decision.next();
      wanted = decision.replicas();
      decided.add(wanted);
    }
    assertThat(decided.get(9)).isEqualTo(4);
    assertThat(decided.get(89)).isEqualTo(4);
    assertThat(decided).allMatch(replicas -> replicas <= 4);
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

    // 20 carry the load; the backlog of a cold start may ask for twice that again, once.
    assertThat(wanted).allMatch(replicas -> replicas <= 61);
    assertThat(new TreeSet<>(wanted)).hasSizeLessThanOrEqualTo(3);
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
  void slowStartersAreKeptForTwoStarts() {
    World world = new World(rules(1, 50), 10);
    world.coldStart = 100;
    world.load(140).run(400).load(70);
    int seconds = 0;
    while (world.second().replicas() == 10) {
      seconds++;
    }

    assertThat(seconds).isBetween(198, 230);
    assertThat(world.last.explanation()).contains("were enough for 200 s");
    assertThat(world.run(200).wanted).isEqualTo(5);
  }

  @Test
  void whatComesBackIsKeptLongerNextTime() {
    World world = new World(rules(1, 50), 10);
    world.coldStart = 10;
    int first = waitedAfter(world.load(140).run(300));
    int second = waitedAfter(world.load(140).run(60));

    assertThat(first).isBetween(58, 90);
    assertThat(second).isGreaterThan(first + 20);
  }

  /** Load falls to what 1 carries; seconds until few are left, and 30 more pass. */
  private static int waitedAfter(World world) {
    world.load(14);
    int seconds = 0;
    while (world.second().replicas() > 5) {
      seconds++;
    }
    world.run(30);
    return seconds;
  }

  @Test
  void podsThatNeverBecomeReadyDoNotMultiply() {
    World world = new World(rules(1, 50), 4).load(56).run(120);
    world.coldStart = 1_000_000;
    world.measuredColdStart = 5;
    int afterTheFirst = world.load(140).run(60).wanted;

    assertThat(world.ready()).isEqualTo(4);
    assertThat(afterTheFirst).isLessThanOrEqualTo(30);
    assertThat(world.run(300).wanted).isEqualTo(afterTheFirst);
    assertThat(world.last.cause()).isEqualTo(Cause.STARTS_OVERDUE);
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

    assertThat(world.run(200).wanted).isGreaterThanOrEqualTo(19);
  }
}

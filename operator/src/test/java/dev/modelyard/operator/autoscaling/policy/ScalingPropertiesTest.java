package dev.modelyard.operator.autoscaling.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** What holds whatever comes: samples that make no sense, loads that do what they like. */
class ScalingPropertiesTest {
  private static final Duration DELAY = Duration.ofSeconds(30);

  @Property(tries = 300)
  void staysWithinItsBoundsAndOneOverWhatIsPlaced(
      @ForAll("rules") ScalingRules rules,
      @ForAll @Size(min = 1, max = 40) List<@From("observations") Observation> looks) {
    ScalingState state = ScalingState.initial();
    for (Observation look : looks) {
      Decision decision = ScalingPolicy.decide(rules, state, look);
      state = decision.next();
      Replicas replicas = look.replicas();

      assertThat(decision.replicas()).isBetween(0, rules.maxReplicas());
      if (replicas.unschedulable() > 0) {
        assertThat(decision.replicas()).isLessThanOrEqualTo(replicas.placed() + 1);
      } else if (decision.cause() != Cause.UNSCHEDULABLE) {
        assertThat(decision.replicas()).isGreaterThanOrEqualTo(rules.minReplicas());
      }
      assertThat(decision.explanation()).isNotBlank().doesNotContain("\n");
    }
  }

  @Property(tries = 300)
  void goesToZeroOnlyFromAWholeAnswerThatSaysIdle(
      @ForAll("rules") ScalingRules rules,
      @ForAll @Size(min = 1, max = 40) List<@From("observations") Observation> looks) {
    ScalingState state = ScalingState.initial();
    for (Observation look : looks) {
      Decision decision = ScalingPolicy.decide(rules, state, look);
      state = decision.next();
      Replicas replicas = look.replicas();
      if (decision.replicas() > 0 || replicas.wanted() == 0) {
        continue;
      }
      Signal.Measured signal = (Signal.Measured) look.signal();
      assertThat(decision.cause()).isEqualTo(Cause.IDLE);
      assertThat(signal.partial()).isFalse();
      assertThat(signal.load()).isZero();
      assertThat(signal.idle()).isGreaterThanOrEqualTo(rules.scaleToZeroAfter());
      assertThat(replicas.everReady() && replicas.canWake() && replicas.ready() > 0).isTrue();
      assertThat(replicas.starting()).isEmpty();
    }
  }

  @Property(tries = 300)
  void withoutASignalNothingGoesExceptWhatTheLimitsForbid(
      @ForAll("rules") ScalingRules rules,
      @ForAll @Size(min = 1, max = 40) List<@From("observations") Observation> looks,
      @ForAll("badSignals") Signal bad,
      @ForAll("replicas") Replicas replicas) {
    ScalingState state = ScalingState.initial();
    for (Observation look : looks) {
      state = ScalingPolicy.decide(rules, state, look).next();
    }
    Decision decision =
        ScalingPolicy.decide(rules, state, new Observation(1L << 40, bad, replicas));

    if (replicas.unschedulable() == 0 && replicas.wanted() <= rules.maxReplicas()) {
      assertThat(decision.replicas()).isGreaterThanOrEqualTo(replicas.wanted());
    } else if (replicas.wanted() > 0) {
      assertThat(decision.replicas()).isPositive();
    }
  }

  @Property(tries = 300)
  void countsDifferencesOfTimeAlone(
      @ForAll("rules") ScalingRules rules,
      @ForAll @Size(min = 1, max = 40) List<@From("observations") Observation> looks,
      @ForAll @LongRange(min = Long.MIN_VALUE / 2, max = Long.MAX_VALUE) long shift) {
    ScalingState state = ScalingState.initial();
    ScalingState shifted = ScalingState.initial();
    for (Observation look : looks) {
      Decision one = ScalingPolicy.decide(rules, state, look);
      Decision other =
          ScalingPolicy.decide(
              rules,
              shifted,
              new Observation(look.nanos() + shift, look.signal(), look.replicas()));
      state = one.next();
      shifted = other.next();
      assertThat(other.replicas()).isEqualTo(one.replicas());
      assertThat(other.explanation()).isEqualTo(one.explanation());
    }
  }

  @Property(tries = 60)
  void aSteadyLoadComesToRest(
      @ForAll("targets") Target target,
      @ForAll @IntRange(min = 1, max = 400) int perSecond,
      @ForAll @IntRange(min = 1, max = 40) int before,
      @ForAll @IntRange(min = 1, max = 60) int coldStart) {
    World world = world(target, before, coldStart).load(perSecond).run(900);
    int changes = 0;
    for (int second = 0; second < 300; second++) {
      int rest = world.wanted;
      int next = world.second().replicas();
      // What a service time that is still being learnt asked for may go late, but not come again.
      assertThat(next).isLessThanOrEqualTo(rest);
      changes += next < rest ? 1 : 0;
    }
    assertThat(changes).isLessThanOrEqualTo(1);
    assertThat(world.replicas().starting()).isEmpty();
    assertThat(world.signal().waiting()).isZero();
  }

  @Property(tries = 60)
  void moreSteadyLoadNeverRestsWithFewer(
      @ForAll("knownCapacities") Target target,
      @ForAll @IntRange(min = 1, max = 400) int perSecond,
      @ForAll @IntRange(min = 0, max = 200) int more) {
    // From below, so that the tolerance is on the same side of both.
    int rest = world(target, 1, 5).load(perSecond).run(900).wanted;
    int higher = world(target, 1, 5).load(perSecond + more).run(900).wanted;

    assertThat(higher).isGreaterThanOrEqualTo(rest);
  }

  @Property(tries = 300)
  void moreWaitingNeverAsksForFewer(
      @ForAll("rules") ScalingRules rules,
      @ForAll("replicas") Replicas replicas,
      @ForAll @IntRange(min = 0, max = 500) int waiting,
      @ForAll @IntRange(min = 0, max = 500) int more) {
    int some = first(rules, replicas, waiting);

    assertThat(first(rules, replicas, waiting + more)).isGreaterThanOrEqualTo(some);
  }

  private static int first(ScalingRules rules, Replicas replicas, int waiting) {
    Signal signal =
        new Signal.Measured(
            replicas.ready(),
            replicas.ready() > 0 ? waiting : 0,
            replicas.ready() > 0 ? 0 : waiting,
            1000,
            900,
            replicas.ready(),
            Duration.ZERO,
            2,
            2,
            Duration.ZERO);
    return ScalingPolicy.decide(rules, ScalingState.initial(), new Observation(0, signal, replicas))
        .replicas();
  }

  @Property(tries = 60)
  void turnsDownAtMostOnceADelayAndNeverSoonAfterUp(
      @ForAll @Size(min = 5, max = 60) List<@IntRange(min = 0, max = 400) Integer> loads) {
    World world = world(new Target.InFlight(7), 5, 5);
    List<Integer> wanted = new ArrayList<>();
    for (int load : loads) {
      world.load(load);
      for (int second = 0; second < 11; second++) {
        wanted.add(world.second().replicas());
      }
    }
    int up = Integer.MIN_VALUE / 2;
    int turned = Integer.MIN_VALUE / 2;
    boolean rising = false;
    for (int i = 1; i < wanted.size(); i++) {
      if (wanted.get(i) > wanted.get(i - 1)) {
        up = i;
        rising = true;
      } else if (wanted.get(i) < wanted.get(i - 1)) {
        assertThat(i - up).isGreaterThanOrEqualTo((int) DELAY.toSeconds());
        if (rising) {
          assertThat(i - turned).isGreaterThanOrEqualTo((int) DELAY.toSeconds());
          turned = i;
        }
        rising = false;
      }
    }
  }

  private static World world(Target target, int wanted, int coldStart) {
    World world = new World(new ScalingRules(1, 200, target, Duration.ofMinutes(5), DELAY), wanted);
    world.coldStart = coldStart;
    return world;
  }

  /** Of a queue time more load may need fewer: it shows how much a replica can do. */
  @Provide
  Arbitrary<Target> knownCapacities() {
    return Arbitraries.of(new Target.InFlight(7), new Target.Rate(14));
  }

  @Provide
  Arbitrary<Target> targets() {
    return Arbitraries.of(
        new Target.InFlight(7), new Target.Rate(14), new Target.QueueTime(Duration.ofMillis(100)));
  }

  @Provide
  Arbitrary<ScalingRules> rules() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 6),
            Arbitraries.integers().between(1, 30),
            targets(),
            Arbitraries.integers().between(0, 60))
        .as(
            (min, more, target, idle) ->
                new ScalingRules(min, min + more, target, Duration.ofSeconds(idle), DELAY));
  }

  @Provide
  Arbitrary<Replicas> replicas() {
    Arbitrary<Integer> counts = Arbitraries.integers().between(0, 12);
    Arbitrary<Integer> some =
        Arbitraries.frequencyOf(Tuple.of(3, Arbitraries.just(0)), Tuple.of(1, counts));
    Arbitrary<Boolean> mostly = Arbitraries.frequency(Tuple.of(4, true), Tuple.of(1, false));
    Arbitrary<Optional<Duration>> start =
        Arbitraries.integers().between(1, 200).map(Duration::ofSeconds).optional();
    return Combinators.combine(counts, counts, some, some, mostly, mostly, start)
        .as(
            (wanted, ready, starting, pending, ever, wake, cold) ->
                new Replicas(
                    wanted,
                    ready,
                    Collections.nCopies(starting, Duration.ofSeconds(starting * 5L)),
                    pending,
                    ever,
                    wake,
                    cold));
  }

  /** Mostly idle, so that zero is in reach; sometimes impossible, partial or old. */
  @Provide
  Arbitrary<Observation> observations() {
    return Combinators.combine(
            Arbitraries.longs().between(0, 100_000_000_000L), signals(), replicas())
        .as(Observation::new);
  }

  @Provide
  Arbitrary<Signal> signals() {
    return Arbitraries.frequencyOf(
        Tuple.of(1, badSignals()),
        Tuple.of(3, measured(Arbitraries.just(0))),
        Tuple.of(3, measured(Arbitraries.integers().between(0, 200))));
  }

  private Arbitrary<Signal> measured(Arbitrary<Integer> gauges) {
    Arbitrary<Integer> totals = Arbitraries.integers().between(0, 2000);
    return Combinators.combine(
            gauges,
            gauges,
            gauges,
            totals,
            totals,
            Arbitraries.integers().between(0, 120),
            Arbitraries.integers().between(1, 5),
            Arbitraries.integers().between(0, 2))
        .as(
            (inFlight, queued, held, arrived, completed, idle, asked, silent) ->
                new Signal.Measured(
                    inFlight,
                    queued,
                    held,
                    arrived,
                    completed,
                    Math.min(inFlight, 4),
                    Duration.ofSeconds(idle),
                    asked,
                    Math.max(0, asked - silent),
                    Duration.ZERO));
  }

  @Provide
  Arbitrary<Signal> badSignals() {
    Arbitrary<Double> bad =
        Arbitraries.of(
            Double.NaN, -1.0, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 1e30, 2e9);
    return Arbitraries.oneOf(
        Arbitraries.just(new Signal.Missing("no answer")),
        bad.map(value -> measured(value, 5, 5, Duration.ZERO)),
        Arbitraries.just(measured(1, 5, 0, Duration.ZERO)),
        Arbitraries.just(measured(1, 5, 6, Duration.ZERO)),
        Arbitraries.just(measured(1, 5, 5, Duration.ofSeconds(6))),
        Arbitraries.just(measured(1, 5, 5, Duration.ofSeconds(-1))));
  }

  private static Signal measured(double inFlight, int asked, int answered, Duration age) {
    return new Signal.Measured(
        inFlight, 0, 0, 10, 10, 1, Duration.ofHours(1), asked, answered, age);
  }
}

package dev.modelyard.operator.autoscaling.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One look, from no memory: what a restarted operator does first. */
class ScalingPolicyTest {
  private static final Duration COLD_START = Duration.ofSeconds(20);

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # name                                     | min-max | wanted ready starting unschedulable | ever wake | inFlight queued held idleS | answered | replicas | cause
          never Ready, at zero: its first start      | 0-8 | 0 0 0 0 | no yes  | 0 0 0 0       | 1/1 | 1 | FIRST_START
          at zero, nobody waits                      | 0-8 | 0 0 0 0 | yes yes | 0 0 0 999     | 2/2 | 0 | STEADY
          at zero, one waits                         | 0-8 | 0 0 0 0 | yes yes | 0 0 1 0       | 2/2 | 1 | DEMAND_AT_ZERO
          at zero, one of two gateways knows of one  | 0-8 | 0 0 0 0 | yes yes | 0 0 1 0       | 1/2 | 1 | DEMAND_AT_ZERO
          at zero, many wait                         | 0-8 | 0 0 0 0 | yes yes | 0 0 18 0      | 2/2 | 5 | DEMAND_AT_ZERO
          at zero, more wait than maxReplicas do     | 0-8 | 0 0 0 0 | yes yes | 0 0 1000 0    | 2/2 | 8 | AT_MAXIMUM
          at zero, no gateway                        | 0-8 | 0 0 0 0 | yes no  | 0 0 0 0       | 0/0 | 1 | CANNOT_WAKE
          at zero, minReplicas 2                     | 2-8 | 0 0 0 0 | yes yes | 0 0 0 999     | 2/2 | 2 | AT_MINIMUM
          at zero, no gateway answers                | 0-8 | 0 0 0 0 | yes yes | 0 0 0 0       | 0/2 | 0 | SIGNAL_MISSING
          what is there fits                         | 1-8 | 2 2 0 0 | yes yes | 7 0 0 0       | 2/2 | 2 | STEADY
          a tenth over the target                    | 1-8 | 2 2 0 0 | yes yes | 8 0.8 0 0     | 2/2 | 2 | STEADY
          more than the target, the first sample     | 1-8 | 2 2 0 0 | yes yes | 8 3 0 0       | 2/2 | 3 | LOAD_ROSE
          starting ones are counted once             | 1-8 | 4 1 3 0 | yes yes | 8 6 0 0       | 1/1 | 4 | STEADY
          more than maxReplicas                      | 1-8 | 8 8 0 0 | yes yes | 64 80 0 0     | 8/8 | 8 | AT_MAXIMUM
          maxReplicas was lowered                    | 1-8 | 9 9 0 0 | yes yes | 36 0 0 0      | 9/9 | 8 | AT_MAXIMUM
          minReplicas was raised                     | 3-8 | 2 2 0 0 | yes yes | 4 0 0 0       | 2/2 | 3 | AT_MINIMUM
          less load: not before the delay            | 1-8 | 4 4 0 0 | yes yes | 1 0 0 0       | 4/4 | 4 | SCALE_DOWN_DELAYED
          idle for long, but just looked             | 0-8 | 1 1 0 0 | yes yes | 0 0 0 999     | 1/1 | 1 | STEADY
          nobody answers                             | 0-8 | 3 3 0 0 | yes yes | 0 0 0 999     | 0/3 | 3 | SIGNAL_MISSING
          some answer, little                        | 0-8 | 7 7 0 0 | yes yes | 2 0 0 0       | 5/7 | 7 | SIGNAL_PARTIAL
          some answer, enough to scale up on         | 1-8 | 3 3 0 0 | yes yes | 16 11 0 0     | 2/3 | 7 | LOAD_ROSE
          NaN                                        | 0-8 | 2 2 0 0 | yes yes | NaN 0 0 0     | 2/2 | 2 | SIGNAL_INVALID
          infinite                                   | 0-8 | 2 2 0 0 | yes yes | 1 Infinity 0 0| 2/2 | 2 | SIGNAL_INVALID
          negative                                   | 0-8 | 2 2 0 0 | yes yes | 1 0 -1 0      | 2/2 | 2 | SIGNAL_INVALID
          absurd                                     | 0-8 | 2 2 0 0 | yes yes | 2e12 0 0 0    | 2/2 | 2 | SIGNAL_INVALID
          negative idle                              | 0-8 | 2 2 0 0 | yes yes | 0 0 0 -1      | 2/2 | 2 | SIGNAL_INVALID
          more answers than asked                    | 0-8 | 2 2 0 0 | yes yes | 1 0 0 0       | 3/2 | 2 | SIGNAL_INVALID
          invalid, but maxReplicas counts            | 0-8 | 9 9 0 0 | yes yes | NaN 0 0 0     | 9/9 | 8 | AT_MAXIMUM
          invalid, but minReplicas counts            | 3-8 | 2 2 0 0 | yes yes | NaN 0 0 0     | 2/2 | 3 | AT_MINIMUM
          no GPU for three: one may wait             | 1-8 | 5 2 0 3 | yes yes | 8 90 0 0      | 2/2 | 3 | UNSCHEDULABLE
          no GPU for one: it waits                   | 1-8 | 3 2 0 1 | yes yes | 8 90 0 0      | 2/2 | 3 | UNSCHEDULABLE
          no GPU, one starts                         | 1-8 | 6 2 1 3 | yes yes | 8 90 0 0      | 2/2 | 4 | UNSCHEDULABLE
          no GPU, also for minReplicas               | 4-8 | 4 1 0 3 | yes yes | 1 0 0 0       | 1/1 | 2 | UNSCHEDULABLE
          no GPU and no signal: still trimmed        | 1-8 | 5 2 0 3 | yes yes | NaN 0 0 0     | 2/2 | 3 | UNSCHEDULABLE
          """)
  void looks(
      String name,
      String bounds,
      String counts,
      String flags,
      String load,
      String answers,
      int expected,
      Cause cause) {
    Decision decision =
        ScalingPolicy.decide(
            rules(bounds),
            ScalingState.initial(),
            new Observation(77, signal(load, answers), replicas(counts, flags)));

    assertThat(decision.cause()).as(decision.explanation()).isEqualTo(cause);
    assertThat(decision.replicas()).as(decision.explanation()).isEqualTo(expected);
    assertThat(decision.explanation())
        .startsWith(
            counts.startsWith(expected + " ")
                ? expected + " replicas: "
                : counts.charAt(0) + " to " + expected + " replicas: ")
        .doesNotContain("\n");
  }

  private static ScalingRules rules(String bounds) {
    String[] parts = bounds.split("-");
    return new ScalingRules(
        Integer.parseInt(parts[0]),
        Integer.parseInt(parts[1]),
        new Target.InFlight(4),
        Duration.ofMinutes(5),
        Duration.ofMinutes(1));
  }

  private static Signal signal(String load, String answers) {
    String[] parts = load.split(" ");
    String[] counts = answers.split("/");
    return new Signal.Measured(
        Double.parseDouble(parts[0]),
        Double.parseDouble(parts[1]),
        Double.parseDouble(parts[2]),
        1000,
        900,
        1,
        Duration.ofSeconds(Long.parseLong(parts[3])),
        Integer.parseInt(counts[1]),
        Integer.parseInt(counts[0]),
        Duration.ZERO);
  }

  private static Replicas replicas(String counts, String flags) {
    String[] parts = counts.split(" ");
    return new Replicas(
        Integer.parseInt(parts[0]),
        Integer.parseInt(parts[1]),
        Collections.nCopies(Integer.parseInt(parts[2]), Duration.ofSeconds(3)),
        Integer.parseInt(parts[3]),
        flags.startsWith("yes"),
        flags.endsWith("yes"),
        Optional.of(COLD_START));
  }
}

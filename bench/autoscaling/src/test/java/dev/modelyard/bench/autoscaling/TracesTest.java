package dev.modelyard.bench.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** That the fitted generators have the statistics that they were fitted to. */
class TracesTest {
  /** Coefficient of variation of the rates over so many seconds, over many seeds. */
  private static double variation(Traces trace, int seconds) {
    double[] means =
        DoubleStream.iterate(1, seed -> seed <= 20, seed -> seed + 1)
            .flatMap(seed -> means(trace.rates(new Random((long) seed)), seconds))
            .toArray();
    double mean = Arrays.stream(means).average().orElseThrow();
    double variance =
        Arrays.stream(means).map(value -> (value - mean) * (value - mean)).average().orElseThrow();
    return Math.sqrt(variance) / mean;
  }

  private static DoubleStream means(double[] rates, int seconds) {
    return DoubleStream.iterate(0, at -> at + seconds <= rates.length, at -> at + seconds)
        .map(at -> Arrays.stream(rates, (int) at, (int) at + seconds).average().orElseThrow());
  }

  @Test
  void conversationsVaryFromMinuteToMinuteAsAzures() {
    assertThat(variation(Traces.LLM_CONVERSATION, 60)).isCloseTo(0.21, within(0.04));
    assertThat(variation(Traces.LLM_CONVERSATION, 10)).isCloseTo(0.23, within(0.04));
  }

  @Test
  void codeCompletionsComeInBurstsAsAzures() {
    assertThat(variation(Traces.LLM_CODE, 1)).isCloseTo(2.2, within(0.4));
    assertThat(variation(Traces.LLM_CODE, 10)).isCloseTo(1.7, within(0.3));
    assertThat(variation(Traces.LLM_CODE, 60)).isCloseTo(1.0, within(0.2));
    double[] rates = Traces.LLM_CODE.rates(new Random(1));
    double empty = Arrays.stream(rates).filter(rate -> rate == 0).count() / (double) rates.length;
    assertThat(empty).isCloseTo(0.73, within(0.1));
  }

  @Test
  void readsRecordedRequests() {
    Workload workload =
        RecordedTrace.parse(
            "trace.csv",
            List.of(
                "TIMESTAMP,ContextTokens,GeneratedTokens",
                "2023-11-16 18:17:03.9799600,4808,10",
                "2023-11-16 18:17:05.4799600,3180,8",
                "2023-11-16 20:17:05,3180,8"));

    assertThat(workload.arrivals()).containsExactly(new double[] {0, 1.5}, within(1e-6));
    assertThat(workload.seconds()).isEqualTo(3);
  }

  @Test
  void readsSecondsToo() {
    Workload workload = RecordedTrace.parse("trace.csv", List.of("5,a", "7.25,b"));

    assertThat(workload.arrivals()).containsExactly(new double[] {0, 2.25}, within(1e-9));
  }

  @Test
  void refusesAFileWithoutTimes() {
    assertThatThrownBy(() -> RecordedTrace.parse("trace.csv", List.of("a,b", "c,d")))
        .hasMessageContaining("trace.csv: no line begins with a time");
    assertThatThrownBy(() -> RecordedTrace.parse("trace.csv", List.of("1st,b")))
        .hasMessageContaining("not a time: 1st");
  }
}

package dev.modelyard.runtime.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.runtime.config.BatchingMode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchingTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Auto     | 32 | wide   | Proven",
        "Declared | 32 | wide   | Declared",
        "Off      | 32 | wide   | Off: spec.serving.batching.mode is Off",
        "Auto     | 1  | wide   | Off: spec.serving.batching.maxSize is 1",
        "Declared | 1  | wide   | Off: spec.serving.batching.maxSize is 1",
        "Declared | 32 | fixed  | Off: the first dimension of input 'x' is fixed to 2",
        "Declared | 32 | scalar | Off: input 'x' is a single value, without rows",
      })
  void followsTheModeWhereTheInputsAllowIt(
      BatchingMode mode, int maxSize, String name, String decision) {
    assertThat(decide(mode, maxSize, name, BatchingDecision.proven())).hasToString(decision);
  }

  @Test
  void isOffWhereTheGraphStandsInTheWay() {
    BatchingDecision proof = BatchingDecision.off("ReduceMax over axis 0 (node 'max')");
    assertThat(decide(BatchingMode.Auto, 32, "wide", proof))
        .hasToString("Off: ReduceMax over axis 0 (node 'max')");
    assertThat(decide(BatchingMode.Declared, 32, "wide", proof)).hasToString("Declared");
  }

  @Test
  void whatHasEndedStaysOff() {
    Batching batching = new Batching(BatchingDecision.declared());
    assertThat(batching.end("one")).isTrue();
    assertThat(batching.end("two")).isFalse();
    assertThat(batching.on()).isFalse();
    assertThat(batching.decision()).hasToString("Off: one");
  }

  private static BatchingDecision decide(
      BatchingMode mode, int maxSize, String name, BatchingDecision proof) {
    ServingOptions options =
        new ServingOptions(mode, maxSize, Duration.ZERO, 10, 1 << 20, Duration.ofSeconds(30), 1);
    try (GatedModel model = new GatedModel(TestModels.load(name))) {
      model.proof = proof;
      return Batching.decide(options, model);
    }
  }
}

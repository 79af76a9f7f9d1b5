package dev.modelyard.runtime.inference;

import static dev.modelyard.runtime.inference.TestModels.floats;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The user says that rows are independent, and they are not. */
@Timeout(60)
class DeclaredBatchingTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private BatchingInferenceService service;
  private GatedModel model;

  @AfterEach
  void stop() {
    model.pass(1_000_000);
    service.drain(Duration.ofSeconds(10));
    model.close();
  }

  private void serve(String name, ServingOptions options) {
    model = new GatedModel(TestModels.load(name));
    service = new BatchingInferenceService(options, "digits", registry);
    service.start(model);
  }

  private Answer submit(float... row) {
    Answer answer = new Answer();
    service.submit(List.of(floats(input(), new long[] {1, row.length}, row)), answer);
    return answer;
  }

  private String input() {
    return model.inputs().get(0).name();
  }

  /** Occupies the one worker, so that what follows waits in the queue and shares a batch. */
  private void occupy(int width) throws InterruptedException {
    model.closeGate();
    submit(new float[width]);
    assertThat(model.entered.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"rows-global-max", "rows-outlier", "rows-dynamic-scale", "rows-sorted"})
  void theFirstBatchThatChangesAnAnswerIsNotAnswered(String name) throws Exception {
    serve(name, TestModels.DECLARED);
    assertThat(service.batching()).hasToString("Optional[Declared]");
    int width = Math.toIntExact(model.inputs().get(0).shape().get(1));
    float[][] rows = {filled(width, 5), filled(width, 0.02f), filled(width, 60), filled(width, 3)};
    float[][] alone = new float[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      alone[i] = submit(rows[i]).floats();
    }

    occupy(width);
    Answer[] answers = new Answer[rows.length];
    for (int i = 0; i < rows.length; i++) {
      answers[i] = submit(rows[i]);
    }
    model.pass(1000);

    for (int i = 0; i < rows.length; i++) {
      assertThat(answers[i].floats()).as("request %d", i).containsExactly(alone[i]);
    }
    assertThat(model.batches).as("they were computed together at first").contains(rows.length);
    assertThat(service.batching().orElseThrow().toString())
        .startsWith("Off: a row of a batch differed from the row alone (output '")
        .contains(" instead of ");
    assertThat(registry.get("modelyard.batching.mismatches").counter().count()).isEqualTo(1);
    assertThat(gauge("off")).isEqualTo(1);
    assertThat(gauge("declared")).isZero();
  }

  @Test
  void stopsForGood() throws Exception {
    serve("rows-global-max", TestModels.DECLARED);
    occupy(4);
    Answer small = submit(1, 1, 1, 1);
    Answer large = submit(8, 8, 8, 8);
    model.pass(1000);
    assertThat(small.floats()).containsOnly(1);
    assertThat(large.floats()).containsOnly(1);
    int batches = model.batches.size();
    for (int i = 0; i < 50; i++) {
      submit(i, i, i, i);
    }
    submit(0, 0, 0, 0).floats();
    assertThat(model.batches.subList(batches, model.batches.size())).containsOnly(1);
    assertThat(registry.get("modelyard.batching.mismatches").counter().count()).isEqualTo(1);
  }

  @Test
  void aTrueDeclarationIsBatchedAndChecked() throws Exception {
    serve("wide", TestModels.DECLARED);
    occupy(2);
    Answer one = submit(1, 2);
    Answer two = submit(3, 4);
    model.pass(1000);
    assertThat(one.floats()).containsExactly(2, 4);
    assertThat(two.floats()).containsExactly(6, 8);
    assertThat(model.batches).as("two together, then each alone").containsExactly(1, 2, 1, 1);
    assertThat(service.batching()).hasToString("Optional[Declared]");
    assertThat(registry.get("modelyard.batching.checks").counter().count()).isEqualTo(1);
    assertThat(registry.get("modelyard.batching.mismatches").counter().count()).isZero();
    assertThat(gauge("declared")).isEqualTo(1);
  }

  private double gauge(String decision) {
    return registry.get("modelyard.batching").tag("decision", decision).gauge().value();
  }

  private static float[] filled(int width, float value) {
    float[] row = new float[width];
    for (int i = 0; i < width; i++) {
      row[i] = value / (1 + i);
    }
    return row;
  }
}

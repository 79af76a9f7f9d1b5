package dev.modelyard.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.api.v1alpha1.ModelDeploymentStatus;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.LoadedModel;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.RevisionStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchingEndedTest {
  @ParameterizedTest
  @CsvSource({
    "a, Declared, a, Off: why, true",
    "a, Proven, a, Off: why, true",
    "a, Proven, a, Proven, false",
    "a, Off: why, a, Off: why, false",
    "a, Off: why, a, Declared, false",
    "a, Declared, b, Off: why, false",
    "a, , a, Off: why, false",
    "a, Declared, a, , false",
  })
  void isOfOneRevisionThatBatched(
      String before, String batchedBefore, String now, String batchesNow, boolean ended) {
    assertThat(
            !BatchingEnded.between(status(before, batchedBefore), status(now, batchesNow))
                .isEmpty())
        .isEqualTo(ended);
  }

  @Test
  void saysWhatWasSeenAndWhatToDo() {
    assertThat(
            BatchingEnded.between(
                status("a", "Declared"),
                status("a", "Off: a row of a batch differed from the row alone (output 'y')")))
        .containsExactly(
            "A replica of revision a computes each request alone from now on: a row of a batch"
                + " differed from the row alone (output 'y'). Answers that it gave before may have"
                + " been changed by other requests of their batch. Set spec.serving.batching.mode"
                + " to \"Off\".");
  }

  @Test
  void aResourceWithoutAStatusHasEndedNothing() {
    assertThat(BatchingEnded.between(null, status("a", "Off: why"))).isEmpty();
  }

  private static ModelDeploymentStatus status(String revision, String batching) {
    LoadedModel model = new LoadedModel(null, null, "OnnxRuntime", "cpu", batching);
    return new ModelDeploymentStatus(
        1L,
        null,
        null,
        null,
        1,
        1,
        null,
        new RevisionStatus(revision, 1, 1, model, null, null),
        null,
        null);
  }
}

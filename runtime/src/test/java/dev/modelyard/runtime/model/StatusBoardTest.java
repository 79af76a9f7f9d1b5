package dev.modelyard.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.modelyard.runtime.config.Environment;
import org.junit.jupiter.api.Test;

class StatusBoardTest {
  private static final ModelFailure FAILURE =
      new ModelFailure(FailureReason.ModelLoadFailed, "no protobuf");

  private final StatusBoard board =
      new StatusBoard(Environment.config(Environment.golden("environment-minimal.env")).model());

  @Test
  void saysHowFarADownloadIsAndWhatIsInTheWay() {
    board.enter(ModelState.DOWNLOADING);
    board.trouble("the server answered 503");
    assertThat(board.describe()).isEqualTo("DOWNLOADING, after the server answered 503");

    board.progress(50, 50, 200);
    assertThat(board.describe()).isEqualTo("DOWNLOADING, 50 of 200 bytes (25 %)");

    board.progress(10, 60, -1);
    assertThat(board.describe()).isEqualTo("DOWNLOADING, 60 bytes so far");

    board.enter(ModelState.LOADING);
    assertThat(board.describe()).isEqualTo("LOADING");
    assertThat(board.downloadedBytes()).isEqualTo(60);
  }

  @Test
  void theFirstFailureStays() {
    assertThat(board.fail(FAILURE)).isTrue();
    assertThat(board.fail(new ModelFailure(FailureReason.LoadTimeout, "late"))).isFalse();

    assertThat(board.status().failure()).contains(FAILURE);
    assertThat(board.drain()).isEqualTo(ModelState.FAILED);
    assertThat(board.status().state()).isEqualTo(ModelState.FAILED);
    assertThatThrownBy(() -> board.enter(ModelState.READY)).hasMessageContaining("it is FAILED");
  }

  @Test
  void whatFailsAfterShutdownBeganIsNoFailure() {
    assertThat(board.drain()).isEqualTo(ModelState.STARTING);
    assertThat(board.fail(FAILURE)).isFalse();
    assertThat(board.status().failure()).isEmpty();
    assertThat(board.started()).isFalse();
  }

  @Test
  void aReadyModelDoesNotFail() {
    board.enter(ModelState.READY);
    assertThat(board.fail(FAILURE)).isFalse();
    assertThat(board.started()).isTrue();
    board.drain();
    assertThat(board.started()).isTrue();
  }

  @Test
  void showsNoPartOfAUriThatIsNotValid() {
    var environment = Environment.golden("environment-minimal.env");
    environment.put("MODELYARD_MODEL_URI", "https://user:geheim@host/model.onnx");

    assertThat(new StatusBoard(Environment.config(environment).model()).status().uri())
        .isEqualTo("(not valid)");
  }
}

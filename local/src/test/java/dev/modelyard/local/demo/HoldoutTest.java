package dev.modelyard.local.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HoldoutTest {
  private static final String PIXELS =
      IntStream.range(0, Holdout.PIXELS)
          .mapToObj(Integer::toString)
          .collect(Collectors.joining(","));

  @TempDir Path folder;

  private static Answer answer(int label) {
    return new Answer(label, new float[] {0.5f, 0.5f});
  }

  @Test
  void scoresAccuracyAndMacroRecall() {
    var holdout =
        new Holdout(
            List.of(0, 0, 0, 1), List.of(new float[0], new float[0], new float[0], new float[0]));
    Scores scores = holdout.score(List.of(answer(0), answer(0), answer(1), answer(1)));
    // Recall of 0 is 2/3, of 1 is 1: the mean is 5/6.
    assertThat(scores).hasToString("accuracy=0.750 recall=0.833");
  }

  @Test
  void readsTheExampleAndItsFigures() {
    Path example = Path.of("..", "examples", "digits");
    assertThat(Holdout.read(example.resolve("holdout.csv")).size()).isEqualTo(360);
    Scores recorded = Scores.recorded(example.resolve("metrics.json"), "1");
    assertThat(recorded.accuracy()).isBetween(0.9, 1.0);
    assertThatThrownBy(() -> Scores.recorded(example.resolve("metrics.json"), "3"))
        .isInstanceOf(DemoFailure.class)
        .hasMessageContaining("revision 3");
  }

  @Test
  void readsRowsInOrderAndNamesABadLine() throws Exception {
    Path csv = folder.resolve("holdout.csv");
    Files.writeString(csv, "label,…\n7," + PIXELS + "\n3," + PIXELS + "\n");
    Holdout holdout = Holdout.read(csv);
    assertThat(holdout.labels()).containsExactly(7, 3);
    assertThat(holdout.rows(1, 2)).hasSize(64).startsWith(0, 1, 2).endsWith(63);

    Files.writeString(csv, "label,…\n7," + PIXELS + "\n3,1,2\n");
    assertThatThrownBy(() -> Holdout.read(csv)).hasMessage(csv + ":3: 3 cells, not 65");
  }

  @Test
  void answersAreAlikeUpToRounding() {
    assertThat(answer(1).isLike(new Answer(1, new float[] {0.50001f, 0.49999f}))).isTrue();
    assertThat(answer(1).isLike(new Answer(1, new float[] {0.51f, 0.49f}))).isFalse();
    assertThat(answer(1).isLike(new Answer(2, new float[] {0.5f, 0.5f}))).isFalse();
    assertThat(answer(1).isLike(new Answer(1, new float[] {Float.NaN, 0.5f}))).isFalse();
  }
}

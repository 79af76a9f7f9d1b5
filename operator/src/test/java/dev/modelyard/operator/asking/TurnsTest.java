package dev.modelyard.operator.asking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private final Turns turns = new Turns(2);
  private final List<CompletableFuture<String>> asked = new ArrayList<>();

  @Test
  void soManyAreUnderWayAndEachOfTheOthersGetsItsTurn() {
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      answers.add(turns.take(this::question));
    }
    assertThat(asked).hasSize(2);
    asked.get(1).complete("b");
    assertThat(answers.get(1)).isCompletedWithValue("b");
    assertThat(asked).hasSize(3);
    asked.get(0).completeExceptionally(new IllegalStateException("gone"));
    assertThatThrownBy(answers.get(0)::join).hasMessageContaining("gone");
    asked.get(2).complete("c");
    assertThat(asked).hasSize(5);
    asked.get(3).complete("d");
    asked.get(4).complete("e");
    assertThat(answers.get(4)).isCompletedWithValue("e");
  }

  @Test
  void aQuestionThatCannotBeAskedTakesNoTurn() {
    for (int i = 0; i < 3; i++) {
      CompletableFuture<String> answer =
          turns.take(
              () -> {
                throw new IllegalArgumentException("no address");
              });
      assertThatThrownBy(answer::join).hasMessageContaining("no address");
    }
    turns.take(this::question);
    turns.take(this::question);
    assertThat(asked).hasSize(2);
  }

  private CompletableFuture<String> question() {
    CompletableFuture<String> answer = new CompletableFuture<>();
    asked.add(answer);
    return answer;
  }
}

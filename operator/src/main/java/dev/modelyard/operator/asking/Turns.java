package dev.modelyard.operator.asking;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Lets so many questions be under way at the same time; the others wait, first come first served.
 */
final class Turns {
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int free;

  Turns(int most) {
    this.free = most;
  }

  /** Asks when it is the question's turn: at once, or when another one has its answer. */
  <T> CompletableFuture<T> take(Supplier<CompletableFuture<T>> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Runnable turn = () -> ask(question, answer);
    synchronized (this) {
      if (free == 0) {
        waiting.add(turn);
        return answer;
      }
      free--;
    }
    turn.run();
    return answer;
  }

  private <T> void ask(Supplier<CompletableFuture<T>> question, CompletableFuture<T> answer) {
    CompletableFuture<T> asked;
    try {
      asked = question.get();
    } catch (RuntimeException e) {
      asked = CompletableFuture.failedFuture(e);
    }
    asked.whenComplete(
        (value, failure) -> {
          next();
          if (failure == null) {
            answer.complete(value);
          } else {
            answer.completeExceptionally(failure);
          }
        });
  }

  private void next() {
    Runnable turn;
    synchronized (this) {
      turn = waiting.poll();
      if (turn == null) {
        free++;
      }
    }
    if (turn != null) {
      turn.run();
    }
  }
}

package dev.modelyard.runtime.inference;

import static dev.modelyard.runtime.inference.RowGuard.Extent.ALL;
import static dev.modelyard.runtime.inference.RowGuard.Extent.NONE;
import static dev.modelyard.runtime.inference.RowGuard.Extent.ONE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RowGuardTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  @Test
  void theFirstBatchesAreAlwaysChecked() {
    RowGuard declared = new RowGuard(new Batching(BatchingDecision.declared()));
    RowGuard proven = new RowGuard(new Batching(BatchingDecision.proven()));
    for (int i = 0; i < RowGuard.FIRST; i++) {
      assertThat(declared.extent(0, () -> true)).isEqualTo(ALL);
      assertThat(proven.extent(0, () -> true)).isEqualTo(ONE);
    }
  }

  @Test
  void aBusyReplicaChecksNoProof() {
    RowGuard declared = afterTheFirst(BatchingDecision.declared());
    RowGuard proven = afterTheFirst(BatchingDecision.proven());
    assertThat(proven.extent(MILLI, () -> true)).isEqualTo(NONE);
    assertThat(proven.extent(MILLI, () -> false)).isEqualTo(ONE);
    assertThat(declared.extent(MILLI, () -> true)).isEqualTo(ONE);
  }

  /** Each batch takes 10 ms, and each check 1 ms at least. */
  @Test
  void laterChecksTakeAHundredthOfTheTime() {
    RowGuard guard = afterTheFirst(BatchingDecision.declared());
    AtomicInteger checks = new AtomicInteger();
    try (InferenceWorker slow = new SlowWorker()) {
      Tensor x = TestModels.floats("x", new long[] {1, 1}, 1);
      Pending request = new Pending(List.of(x), 1, 0, 0, (outputs, failure) -> {});
      for (int batch = 0; batch < 1000; batch++) {
        if (guard.extent(10 * MILLI, () -> false) == ONE) {
          checks.incrementAndGet();
          assertThat(guard.difference(ONE, slow, List.of(request), List.of(List.of(x)))).isEmpty();
        }
      }
    }
    assertThat(checks.get()).isBetween(1, 100);
  }

  private static RowGuard afterTheFirst(BatchingDecision decision) {
    RowGuard guard = new RowGuard(new Batching(decision));
    for (int i = 0; i < RowGuard.FIRST; i++) {
      guard.extent(0, () -> false);
    }
    return guard;
  }

  private static final class SlowWorker implements InferenceWorker {
    @Override
    public List<Tensor> predict(List<List<Tensor>> requests) {
      long end = System.nanoTime() + MILLI;
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      return requests.get(0);
    }

    @Override
    public void close() {}
  }
}

package dev.modelyard.runtime.inference;

import dev.modelyard.runtime.inference.InferenceException.Kind;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;

/**
 * Computes requests of a batch again, each alone, before the batch is answered, and compares. The
 * first batches are always checked: all requests of them where only the user's word says that rows
 * are independent, else one. Later one request now and then, for a hundredth of the time that
 * batches take. Belongs to one worker.
 */
final class RowGuard {
  /** Batches of more than one request that are always checked. */
  static final int FIRST = 16;

  /** Of the time that batches take. */
  private static final double SHARE = 0.01;

  private final Batching batching;
  private int seen;
  private long batchNanos;
  private long checkNanos;
  private long longestNanos;

  RowGuard(Batching batching) {
    this.batching = batching;
  }

  /** What to check of a batch. */
  enum Extent {
    NONE,
    ONE,
    ALL
  }

  /**
   * @param nanos that the batch took
   * @param busy whether requests wait; a user's declaration is checked all the same, as it may be
   *     wrong, and a busy replica is where it does harm
   */
  Extent extent(long nanos, BooleanSupplier busy) {
    batchNanos += nanos;
    if (seen < FIRST) {
      seen++;
      return batching.declared() ? Extent.ALL : Extent.ONE;
    }
    if (checkNanos + longestNanos > SHARE * batchNanos
        || !batching.declared() && busy.getAsBoolean()) {
      return Extent.NONE;
    }
    return Extent.ONE;
  }

  /**
   * @param answers the outputs of each request, as they came from the batch
   * @return the first difference; empty where there is none, or it could not be checked
   */
  Optional<String> difference(
      Extent extent, InferenceWorker worker, List<Pending> batch, List<List<Tensor>> answers) {
    int size = batch.size();
    int from = extent == Extent.ALL ? 0 : ThreadLocalRandom.current().nextInt(size);
    int to = extent == Extent.ALL ? size : from + 1;
    for (int i = from; i < to; i++) {
      long start = System.nanoTime();
      Optional<String> found = difference(worker, batch.get(i), answers.get(i));
      if (seen >= FIRST) {
        long took = System.nanoTime() - start;
        longestNanos = Math.max(took, longestNanos - longestNanos / 8);
        checkNanos += took;
      }
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> difference(
      InferenceWorker worker, Pending request, List<Tensor> answer) {
    try {
      return RowDifference.between(answer, worker.predict(List.of(request.inputs)));
    } catch (InferenceException e) {
      return e.kind() == Kind.INVALID_INPUT
          ? Optional.of("an answer instead of '%s'".formatted(e.getMessage()))
          : Optional.empty();
    } catch (RuntimeException | OutOfMemoryError e) {
      return Optional.empty();
    }
  }
}

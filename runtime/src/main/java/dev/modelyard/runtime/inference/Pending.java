package dev.modelyard.runtime.inference;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** A request on its way. Times are those of {@link System#nanoTime()}. */
final class Pending {
  final List<Tensor> inputs;
  final BatchKey key;

  /** Rows of the first dimension; 0 where the request must be computed alone. */
  final int rows;

  final long bytes;
  final long arrived;
  final long deadline;
  private final InferenceCallback callback;
  private final AtomicBoolean answered = new AtomicBoolean();

  Pending(
      List<Tensor> inputs, int rows, long arrived, long timeoutNanos, InferenceCallback callback) {
    this.inputs = inputs;
    this.rows = rows;
    this.arrived = arrived;
    this.deadline = arrived + timeoutNanos;
    this.callback = callback;
    key = BatchKey.of(inputs);
    bytes = inputs.stream().mapToLong(Tensor::byteSize).sum();
  }

  boolean isAnswered() {
    return answered.get();
  }

  boolean isExpired(long now) {
    return now - deadline >= 0;
  }

  /** Whether the caller is the one who may answer; true once. */
  boolean claim() {
    return answered.compareAndSet(false, true);
  }

  /** Gives the answer; only after a successful claim. */
  void answer(List<Tensor> outputs, InferenceException failure) {
    callback.answered(outputs, failure);
  }
}

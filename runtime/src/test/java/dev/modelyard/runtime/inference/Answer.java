package dev.modelyard.runtime.inference;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for the answer to a submitted request; a second answer is an error of its own. */
final class Answer implements InferenceCallback {
  private final CompletableFuture<List<Tensor>> outputs = new CompletableFuture<>();

  @Override
  public void answered(List<Tensor> given, InferenceException failure) {
    boolean first =
        failure == null ? outputs.complete(given) : outputs.completeExceptionally(failure);
    if (!first) {
      throw new AssertionError("answered twice");
    }
  }

  boolean isDone() {
    return outputs.isDone();
  }

  List<Tensor> outputs() throws InterruptedException, TimeoutException {
    try {
      return outputs.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw (InferenceException) e.getCause();
    }
  }

  float[] floats() throws InterruptedException, TimeoutException {
    return TestModels.floats(outputs().get(0));
  }

  InferenceException failure() throws InterruptedException, TimeoutException {
    try {
      outputs();
    } catch (InferenceException e) {
      return e;
    }
    throw new AssertionError("there is an answer, not a failure");
  }
}

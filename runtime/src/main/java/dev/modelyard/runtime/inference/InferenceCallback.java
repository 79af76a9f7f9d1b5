package dev.modelyard.runtime.inference;

import java.util.List;

/** Takes the one answer to a request, on a thread of the batcher: return quickly, do not throw. */
@FunctionalInterface
public interface InferenceCallback {
  /**
   * @param outputs in the model's order; null where there is a failure
   * @param failure null where there are outputs
   */
  void answered(List<Tensor> outputs, InferenceException failure);
}

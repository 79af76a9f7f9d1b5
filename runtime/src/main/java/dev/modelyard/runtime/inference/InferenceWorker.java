package dev.modelyard.runtime.inference;

import java.util.List;

/** Computes batches. Belongs to one thread, from its making to its closing. */
public interface InferenceWorker extends AutoCloseable {
  /**
   * Computes requests together: their inputs are concatenated along the first dimension.
   *
   * @param requests at least one; the inputs of each in the model's order. More than one only where
   *     their shapes are equal but for the first dimension
   * @return the outputs of all in the model's order, not yet split
   * @throws InferenceException {@code INVALID_INPUT} where the engine blames the input, else {@code
   *     ENGINE_FAILED}
   */
  List<Tensor> predict(List<List<Tensor>> requests) throws InferenceException;

  @Override
  void close();
}

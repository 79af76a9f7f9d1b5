package dev.modelyard.runtime.api.v2;

import dev.modelyard.runtime.inference.Tensor;
import java.util.List;

/**
 * A request to infer.
 *
 * @param id given back with the answer; null where there is none
 * @param outputs what to answer, in this order; empty for all outputs of the model
 * @param binaryOutput whether outputs are binary where they do not say
 */
record InferRequest(String id, List<Tensor> inputs, List<Output> outputs, boolean binaryOutput) {
  /**
   * @param binary null where the request decides for all outputs
   */
  record Output(String name, Boolean binary) {}
}

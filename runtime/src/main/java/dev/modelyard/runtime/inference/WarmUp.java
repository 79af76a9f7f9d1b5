package dev.modelyard.runtime.inference;

import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The first prediction of every worker: on zeros, and its numbers must be finite. */
final class WarmUp {
  /** Sizes to try for dimensions that are free; many image models refuse small ones. */
  private static final int[] FREE_SIZES = {1, 8, 32, 64, 224, 256, 512};

  private static final long MOST_ELEMENTS = 64L << 20;

  private final LoadedModel model;

  WarmUp(LoadedModel model) {
    this.model = model;
  }

  void run(InferenceWorker worker) throws ModelFailure {
    InferenceException failure = null;
    for (int size : FREE_SIZES) {
      List<Tensor> zeros = zeros(size);
      if (zeros == null) {
        break;
      }
      try {
        checkFinite(worker.predict(List.of(zeros)));
        return;
      } catch (InferenceException e) {
        failure = failure == null ? e : failure;
      }
      if (!hasFreeInnerSize()) {
        break;
      }
    }
    String cause = failure == null ? "its inputs are too large" : failure.getMessage();
    throw new ModelFailure(
        FailureReason.WarmUpFailed, "a prediction on zeros failed: " + cause, failure);
  }

  private boolean hasFreeInnerSize() {
    return model.inputs().stream()
        .map(TensorMetadata::shape)
        .anyMatch(shape -> shape.stream().skip(1).anyMatch(size -> size < 0));
  }

  /** One row of zeros; strings are "0". Null where they are too large to try. */
  private List<Tensor> zeros(int freeSize) {
    List<Tensor> zeros = new ArrayList<>();
    for (TensorMetadata input : model.inputs()) {
      long[] shape = shape(input, 1, freeSize);
      long elements = Shapes.elements(shape);
      if (elements > MOST_ELEMENTS) {
        return null;
      }
      if (input.datatype() == DataType.BYTES) {
        String[] strings = new String[(int) elements];
        Arrays.fill(strings, "0");
        zeros.add(Tensor.ofStrings(input.name(), shape, strings));
      } else {
        ByteBuffer data = ByteBuffer.allocate((int) elements * input.datatype().size());
        zeros.add(Tensor.of(input.name(), input.datatype(), shape, data));
      }
    }
    return zeros;
  }

  static long[] shape(TensorMetadata input, int rows, int freeSize) {
    long[] shape = new long[input.shape().size()];
    for (int i = 0; i < shape.length; i++) {
      long size = input.shape().get(i);
      shape[i] = size >= 0 ? size : i == 0 ? rows : freeSize;
    }
    return shape;
  }

  private static void checkFinite(List<Tensor> outputs) {
    for (Tensor output : outputs) {
      long index = Floats.firstNotFinite(output);
      if (index >= 0) {
        throw new ModelFailure(
            FailureReason.WarmUpFailed,
            "a prediction on zeros gave %s at element %d of output '%s' of shape %s; a model must"
                    .formatted(
                        Floats.at(output, (int) index),
                        index,
                        output.name(),
                        Arrays.toString(output.shape()))
                + " give finite numbers");
      }
    }
  }
}

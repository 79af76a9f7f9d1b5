package dev.modelyard.runtime.inference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Finds out whether the first dimension is a batch. A free first dimension may also be a sequence,
 * with rows that depend on each other; to compute two requests together would then silently give
 * both wrong answers. So two different rows are computed together and alone, and must agree.
 */
final class RowCheck {
  private static final Logger LOG = Logger.getLogger(RowCheck.class);

  /** Of the largest number in the output: batched and single kernels round differently. */
  private static final double TOLERANCE = 0.02;

  private final LoadedModel model;
  private final int freeSize;

  RowCheck(LoadedModel model, int freeSize) {
    this.model = model;
    this.freeSize = freeSize;
  }

  /** Whether all inputs have a first dimension of any size. */
  static boolean firstDimensionIsFree(LoadedModel model) {
    return model.inputs().stream().allMatch(RowCheck::isFree);
  }

  private static boolean isFree(TensorMetadata metadata) {
    return !metadata.shape().isEmpty() && metadata.shape().get(0) < 0;
  }

  boolean rowsAreIndependent(InferenceWorker worker) {
    List<Tensor> first = row(0);
    List<Tensor> second = row(1);
    try {
      List<Tensor> together = worker.predict(List.of(first, second));
      List<List<Tensor>> alone =
          List.of(worker.predict(List.of(first)), worker.predict(List.of(second)));
      for (int output = 0; output < together.size(); output++) {
        Tensor both = together.get(output);
        if (both.shape().length == 0 || both.shape()[0] != 2) {
          LOG.infof("Requests are not batched: output %s does not have a row a request", both);
          return false;
        }
        for (int row = 0; row < 2; row++) {
          if (!agree(both.rows(row, 1), alone.get(row).get(output))) {
            LOG.infof(
                "Requests are not batched: a row of output %s depends on the other rows", both);
            return false;
          }
        }
      }
      return true;
    } catch (InferenceException e) {
      LOG.infof("Requests are not batched: two rows together failed: %s", e.getMessage());
      return false;
    }
  }

  /** Rows of small numbers that differ from each other; indices and flags stay 0 or 1. */
  private List<Tensor> row(int number) {
    List<Tensor> inputs = new ArrayList<>();
    for (TensorMetadata input : model.inputs()) {
      long[] shape = WarmUp.shape(input, 1, freeSize);
      int elements = (int) Shapes.elements(shape);
      if (input.datatype() == DataType.BYTES) {
        String[] strings = new String[elements];
        Arrays.fill(strings, Integer.toString(number));
        inputs.add(Tensor.ofStrings(input.name(), shape, strings));
        continue;
      }
      int size = input.datatype().size();
      ByteBuffer data = ByteBuffer.allocate(elements * size).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < elements; i++) {
        double value = 0.125 * (1 + (i + 3 * number) % 7);
        switch (input.datatype()) {
          case FP16 -> data.putShort(Floats.toHalf((float) value));
          case BF16 -> data.putShort(Floats.toBfloat((float) value));
          case FP32 -> data.putFloat((float) value);
          case FP64 -> data.putDouble(value);
          default -> data.put(i * size, (byte) number);
        }
      }
      inputs.add(Tensor.of(input.name(), input.datatype(), shape, data.rewind()));
    }
    return inputs;
  }

  private static boolean agree(Tensor one, Tensor other) {
    if (!Arrays.equals(one.shape(), other.shape())) {
      return false;
    }
    if (one.strings() != null) {
      return Arrays.equals(one.strings(), other.strings());
    }
    if (!Floats.isFloat(one.datatype())) {
      return one.data().equals(other.data());
    }
    int elements = one.data().capacity() / one.datatype().size();
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < elements; i++) {
      double a = Floats.at(one, i);
      double b = Floats.at(other, i);
      if (Double.compare(a, b) == 0) {
        continue;
      }
      largest = Math.max(largest, Math.max(Math.abs(a), Math.abs(b)));
      difference = Math.max(difference, Math.abs(a - b));
      if (Double.isNaN(a) || Double.isNaN(b)) {
        return false;
      }
    }
    return difference <= TOLERANCE * largest;
  }
}

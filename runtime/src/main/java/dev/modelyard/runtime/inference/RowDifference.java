package dev.modelyard.runtime.inference;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Compares what a request got in a batch with what it gets alone. */
final class RowDifference {
  private RowDifference() {}

  /**
   * Kernels for many rows and for one add up in another order, so floating-point numbers may differ
   * a little: relative to the largest number of the request's output, by what the type resolves.
   * Everything else must be equal. NaN equals NaN.
   *
   * @param batched the outputs of one request, in the model's order
   * @param alone as many outputs of the same types
   * @return such as {@code output 'y', 0.5 instead of 0.25}; empty where they agree
   */
  static Optional<String> between(List<Tensor> batched, List<Tensor> alone) {
    for (int i = 0; i < batched.size(); i++) {
      Tensor one = batched.get(i);
      String found = between(one, alone.get(i));
      if (found != null) {
        return Optional.of("output '%s', %s".formatted(one.name(), found));
      }
    }
    return Optional.empty();
  }

  private static String between(Tensor batched, Tensor alone) {
    if (!Arrays.equals(batched.shape(), alone.shape())) {
      return "shape %s instead of %s"
          .formatted(Arrays.toString(batched.shape()), Arrays.toString(alone.shape()));
    }
    if (batched.strings() != null) {
      // The strings are the users' own, and this text goes into logs.
      return Arrays.equals(batched.strings(), alone.strings()) ? null : "another text";
    }
    if (batched.data().equals(alone.data())) {
      return null;
    }
    return Floats.isFloat(batched.datatype()) ? ofFloats(batched, alone) : ofWholes(batched, alone);
  }

  private static String ofFloats(Tensor batched, Tensor alone) {
    int elements = alone.data().capacity() / alone.datatype().size();
    double largest = 0;
    for (int i = 0; i < elements; i++) {
      double value = Math.abs(Floats.at(alone, i));
      if (Double.isFinite(value)) {
        largest = Math.max(largest, value);
      }
    }
    double allowed = absolute(alone.datatype()) + relative(alone.datatype()) * largest;
    for (int i = 0; i < elements; i++) {
      double a = Floats.at(batched, i);
      double b = Floats.at(alone, i);
      // Not "greater than": what is compared with NaN is false.
      boolean agree = a == b || Double.isNaN(a) && Double.isNaN(b) || Math.abs(a - b) <= allowed;
      if (!agree) {
        return (float) a + " instead of " + (float) b;
      }
    }
    return null;
  }

  /** FP64 too is often computed from FP32; and GPUs compute FP32 with ten bits after the point. */
  private static double relative(DataType datatype) {
    return switch (datatype) {
      case FP16 -> 1e-2;
      case BF16 -> 5e-2;
      default -> 2e-3;
    };
  }

  private static double absolute(DataType datatype) {
    return datatype == DataType.FP16 || datatype == DataType.BF16 ? 1e-4 : 1e-6;
  }

  private static String ofWholes(Tensor batched, Tensor alone) {
    int size = alone.datatype().size();
    int at = batched.data().mismatch(alone.data()) / size;
    return whole(batched, at) + " instead of " + whole(alone, at);
  }

  private static String whole(Tensor tensor, int index) {
    var data = tensor.data();
    return switch (tensor.datatype()) {
      case BOOL -> Boolean.toString(data.get(index) != 0);
      case UINT8 -> Integer.toString(Byte.toUnsignedInt(data.get(index)));
      case INT8 -> Byte.toString(data.get(index));
      case UINT16 -> Integer.toString(Short.toUnsignedInt(data.getShort(index * 2)));
      case INT16 -> Short.toString(data.getShort(index * 2));
      case UINT32 -> Integer.toUnsignedString(data.getInt(index * 4));
      case INT32 -> Integer.toString(data.getInt(index * 4));
      case UINT64 -> Long.toUnsignedString(data.getLong(index * 8));
      default -> Long.toString(data.getLong(index * 8));
    };
  }
}

package dev.modelyard.runtime.inference.onnx.rows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads tensors of few whole numbers, such as axes, sizes and shapes (TensorProto of onnx.proto).
 */
final class SmallTensors {
  private static final int MOST = 64;
  private static final int INT32 = 6;
  private static final int INT64 = 7;
  private static final int BOOL = 9;

  private SmallTensors() {}

  /** Empty where there are many, or where they are of another type or in another file. */
  static List<Double> values(
      long type, List<Long> shape, ByteBuffer raw, ByteBuffer packed, List<Long> loose) {
    long count = 1;
    for (long size : shape) {
      count *= size;
      if (count > MOST || count < 0) {
        return List.of();
      }
    }
    List<Double> values = new ArrayList<>();
    if (raw != null) {
      ByteBuffer bytes = raw.duplicate().order(ByteOrder.LITTLE_ENDIAN);
      while (values.size() < count && bytes.hasRemaining()) {
        if (type == INT32) {
          values.add((double) bytes.getInt());
        } else if (type == INT64) {
          values.add((double) bytes.getLong());
        } else if (type == BOOL) {
          values.add((double) bytes.get());
        } else {
          return List.of();
        }
      }
    } else if (type == INT32 || type == INT64 || type == BOOL) {
      List<Long> numbers = packed == null ? loose : Wire.numbers(packed, 0);
      numbers.forEach(number -> values.add((double) number));
    }
    return values.size() == count ? values : List.of();
  }
}

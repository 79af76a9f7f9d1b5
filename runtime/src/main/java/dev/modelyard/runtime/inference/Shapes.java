package dev.modelyard.runtime.inference;

import java.util.Arrays;
import java.util.List;

/** Arithmetic on tensor shapes. */
public final class Shapes {
  private Shapes() {}

  /**
   * The number of elements; 1 for a scalar.
   *
   * @throws InferenceException {@code INVALID_INPUT} for a negative size, or more elements than
   *     2^63-1
   */
  public static long elements(long[] shape) {
    long elements = 1;
    boolean empty = false;
    for (long size : shape) {
      if (size < 0) {
        throw InferenceException.invalid(
            "shape " + Arrays.toString(shape) + " has a negative size; write 0 or more");
      }
      empty |= size == 0;
    }
    if (empty) {
      return 0;
    }
    for (long size : shape) {
      try {
        elements = Math.multiplyExact(elements, size);
      } catch (ArithmeticException e) {
        throw InferenceException.invalid(
            "shape " + Arrays.toString(shape) + " has more elements than can be counted");
      }
    }
    return elements;
  }

  /** Whether a tensor of this shape is one that the metadata describes; -1 there is any size. */
  static boolean matches(long[] shape, List<Long> expected) {
    if (shape.length != expected.size()) {
      return false;
    }
    for (int i = 0; i < shape.length; i++) {
      long size = expected.get(i);
      if (size >= 0 && size != shape[i]) {
        return false;
      }
    }
    return true;
  }
}

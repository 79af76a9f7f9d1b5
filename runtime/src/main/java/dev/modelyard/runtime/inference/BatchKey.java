package dev.modelyard.runtime.inference;

import java.util.Arrays;
import java.util.List;

/**
 * What two requests must have in common to be computed together: the shapes of their inputs but for
 * the first dimension. The types are the model's.
 */
record BatchKey(long[] sizes) {
  static BatchKey of(List<Tensor> inputs) {
    int length = 0;
    for (Tensor input : inputs) {
      length += Math.max(1, input.shape().length);
    }
    long[] sizes = new long[length];
    int next = 0;
    for (Tensor input : inputs) {
      long[] shape = input.shape();
      sizes[next++] = shape.length;
      for (int i = 1; i < shape.length; i++) {
        sizes[next++] = shape[i];
      }
    }
    return new BatchKey(sizes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BatchKey key && Arrays.equals(sizes, key.sizes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }
}

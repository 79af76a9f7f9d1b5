package dev.modelyard.runtime.inference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A dense tensor in row-major order.
 *
 * <p>Numbers are little-endian in {@link #data()}, which is read with absolute indexes only, so
 * that threads may share it. The elements of {@link DataType#BYTES} are in {@link #strings()}.
 */
public final class Tensor {
  /** What a string takes in memory beside its characters, about. */
  public static final int STRING_BYTES = 48;

  private final String name;
  private final DataType datatype;
  private final long[] shape;
  private final ByteBuffer data;
  private final String[] strings;

  private Tensor(String name, DataType datatype, long[] shape, ByteBuffer data, String[] strings) {
    this.name = name;
    this.datatype = datatype;
    this.shape = shape;
    this.data = data;
    this.strings = strings;
  }

  /**
   * @param data the elements from position to limit
   */
  public static Tensor of(String name, DataType datatype, long[] shape, ByteBuffer data) {
    ByteBuffer elements = data.slice().order(ByteOrder.LITTLE_ENDIAN);
    long expected = Math.multiplyExact(Shapes.elements(shape), (long) datatype.size());
    if (datatype == DataType.BYTES || elements.capacity() != expected) {
      throw new IllegalArgumentException(
          "%s of shape %s does not have %d bytes"
              .formatted(datatype, Arrays.toString(shape), elements.capacity()));
    }
    return new Tensor(name, datatype, shape, elements, null);
  }

  public static Tensor ofStrings(String name, long[] shape, String[] strings) {
    if (strings.length != Shapes.elements(shape)) {
      throw new IllegalArgumentException(
          "shape %s does not have %d elements".formatted(Arrays.toString(shape), strings.length));
    }
    return new Tensor(name, DataType.BYTES, shape, null, strings);
  }

  public String name() {
    return name;
  }

  public DataType datatype() {
    return datatype;
  }

  public long[] shape() {
    return shape;
  }

  /** From 0 to capacity; null for {@link DataType#BYTES}. */
  public ByteBuffer data() {
    return data;
  }

  /** Null but for {@link DataType#BYTES}. */
  public String[] strings() {
    return strings;
  }

  /** Memory that the elements take, in bytes; an estimate for {@link DataType#BYTES}. */
  public long byteSize() {
    if (strings == null) {
      return data.capacity();
    }
    long bytes = 0;
    for (String string : strings) {
      bytes += STRING_BYTES + string.length();
    }
    return bytes;
  }

  /** The rows {@code from} to {@code from + rows} of the first dimension, sharing the memory. */
  Tensor rows(int from, int rows) {
    long[] part = shape.clone();
    part[0] = rows;
    if (strings != null) {
      int width = Math.toIntExact(strings.length / shape[0]);
      String[] slice = Arrays.copyOfRange(strings, from * width, (from + rows) * width);
      return new Tensor(name, datatype, part, null, slice);
    }
    int width = Math.toIntExact(data.capacity() / shape[0]);
    ByteBuffer slice = data.slice(from * width, rows * width).order(ByteOrder.LITTLE_ENDIAN);
    return new Tensor(name, datatype, part, slice, null);
  }

  @Override
  public String toString() {
    return name + " " + datatype + Arrays.toString(shape);
  }
}

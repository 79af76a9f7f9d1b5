package dev.modelyard.runtime.inference.onnx.rows;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Fields of a protocol buffer, in their order; nothing is copied. */
final class Wire {
  private Wire() {}

  /** Takes one field. */
  interface Field {
    /**
     * @param bytes of a field with a length; null for a number
     * @param value of a field that is a number: a varint, or the bits of a fixed one
     */
    void take(int number, ByteBuffer bytes, long value);
  }

  /**
   * @throws BufferUnderflowException where it ends too early
   * @throws IllegalArgumentException where it is no protocol buffer
   */
  static void read(ByteBuffer message, Field field) {
    ByteBuffer bytes = message.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      long tag = varint(bytes);
      int number = (int) (tag >>> 3);
      switch ((int) tag & 7) {
        case 0 -> field.take(number, null, varint(bytes));
        case 1 -> field.take(number, null, bytes.getLong());
        case 5 -> field.take(number, null, bytes.getInt());
        case 2 -> {
          long length = varint(bytes);
          if (length < 0 || length > bytes.remaining()) {
            throw new BufferUnderflowException();
          }
          ByteBuffer part = bytes.slice(bytes.position(), (int) length);
          bytes.position(bytes.position() + (int) length);
          field.take(number, part.order(ByteOrder.LITTLE_ENDIAN), 0);
        }
        default -> throw new IllegalArgumentException("no wire type");
      }
    }
  }

  static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  /** The numbers of a repeated field: packed, or one a time. */
  static List<Long> numbers(ByteBuffer packed, long value) {
    if (packed == null) {
      return List.of(value);
    }
    List<Long> numbers = new ArrayList<>();
    ByteBuffer bytes = packed.duplicate();
    while (bytes.hasRemaining()) {
      numbers.add(varint(bytes));
    }
    return numbers;
  }

  private static long varint(ByteBuffer bytes) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = bytes.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number without an end");
  }
}

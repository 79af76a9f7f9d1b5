package dev.modelyard.runtime.api.v2;

import static dev.modelyard.runtime.api.v2.ProtocolException.badRequest;

import dev.modelyard.runtime.inference.DataType;
import dev.modelyard.runtime.inference.Shapes;
import dev.modelyard.runtime.inference.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Tensors of the binary extension: little-endian, row-major, without padding; an element of BYTES
 * is its length as 4 bytes and then its bytes.
 */
final class BinaryTensorData {
  private BinaryTensorData() {}

  /**
   * @param data exactly the bytes of the tensor; kept, not copied
   */
  static Tensor read(
      String name, DataType datatype, long[] shape, ByteBuffer data, MemoryBudget.Share memory) {
    long elements = Shapes.elements(shape);
    if (datatype == DataType.BYTES) {
      return Tensor.ofStrings(name, shape, strings(name, shape, elements, data, memory));
    }
    int size = data.remaining();
    // Divided, not multiplied: the product may not fit into a long.
    if (size % datatype.size() != 0 || size / datatype.size() != elements) {
      throw badRequest(
          "input '%s': binary_data_size is %d; %s of shape %s has %d elements of %d bytes",
          name, size, datatype, Arrays.toString(shape), elements, datatype.size());
    }
    if (datatype == DataType.BOOL) {
      checkBooleans(name, data);
    }
    return Tensor.of(name, datatype, shape, data);
  }

  private static void checkBooleans(String name, ByteBuffer data) {
    for (int i = data.position(); i < data.limit(); i++) {
      if (data.get(i) != 0 && data.get(i) != 1) {
        throw badRequest(
            "input '%s': element %d is the byte %d; BOOL takes 0 or 1",
            name, i - data.position(), data.get(i) & 0xff);
      }
    }
  }

  private static String[] strings(
      String name, long[] shape, long elements, ByteBuffer data, MemoryBudget.Share memory) {
    // Every element has a length of 4 bytes at least.
    if (elements > data.remaining() / 4) {
      throw badRequest(
          "input '%s': shape %s has %d elements, more than %d bytes can hold",
          name, Arrays.toString(shape), elements, data.remaining());
    }
    memory.take(elements * Tensor.STRING_BYTES + data.remaining());
    ByteBuffer rest = data.slice().order(ByteOrder.LITTLE_ENDIAN);
    String[] strings = new String[(int) elements];
    for (int i = 0; i < strings.length; i++) {
      long length = rest.remaining() < 4 ? -1 : rest.getInt() & 0xffffffffL;
      if (length < 0 || length > rest.remaining()) {
        throw badRequest(
            "input '%s': binary data ends within element %d of %d; an element is its length in 4"
                + " bytes, then its bytes",
            name, i, strings.length);
      }
      strings[i] = text(name, i, rest.slice(rest.position(), (int) length));
      rest.position(rest.position() + (int) length);
    }
    if (rest.hasRemaining()) {
      throw badRequest(
          "input '%s': %d bytes follow its %d elements", name, rest.remaining(), strings.length);
    }
    return strings;
  }

  private static String text(String name, int element, ByteBuffer bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw badRequest(
          "input '%s': element %d is not UTF-8; strings of this engine are text, encode other"
              + " bytes as Base64",
          name, element);
    }
  }

  /** The bytes of a tensor as the extension writes them. */
  static ByteBuffer write(Tensor tensor) {
    if (tensor.strings() == null) {
      return tensor.data().duplicate();
    }
    byte[][] encoded = new byte[tensor.strings().length][];
    int size = 0;
    for (int i = 0; i < encoded.length; i++) {
      encoded[i] = tensor.strings()[i].getBytes(StandardCharsets.UTF_8);
      size = Math.addExact(size, 4 + encoded[i].length);
    }
    ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    for (byte[] element : encoded) {
      buffer.putInt(element.length).put(element);
    }
    return buffer.flip();
  }
}

package dev.modelyard.runtime.api.v2;

import static dev.modelyard.runtime.api.v2.ProtocolException.badRequest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import dev.modelyard.runtime.inference.DataType;
import dev.modelyard.runtime.inference.Floats;
import dev.modelyard.runtime.inference.Shapes;
import dev.modelyard.runtime.inference.Tensor;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Reads the {@code data} of one tensor, nested or flat, straight into the tensor's buffer. */
final class JsonTensorData {
  private static final BigInteger UINT64_MAX =
      BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

  private final String name;
  private final DataType datatype;
  private final long[] shape;
  private final int elements;
  private final ByteBuffer buffer;
  private final String[] strings;
  private final MemoryBudget.Share memory;
  private int next;

  /**
   * @param available bytes of JSON that are left: what is allocated is bounded by what was sent
   */
  JsonTensorData(
      String name, DataType datatype, long[] shape, long available, MemoryBudget.Share memory) {
    this.memory = memory;
    this.name = name;
    this.datatype = datatype;
    this.shape = shape;
    long declared = Shapes.elements(shape);
    // An element takes a character and a comma at least.
    if (declared > available / 2 + 1) {
      throw badRequest(
          "input '%s': shape %s has %d elements, more than data can have in this request",
          name, Arrays.toString(shape), declared);
    }
    elements = (int) declared;
    boolean bytes = datatype == DataType.BYTES;
    memory.take(declared * (bytes ? Long.BYTES : datatype.size()));
    strings = bytes ? new String[elements] : null;
    buffer =
        bytes
            ? null
            : ByteBuffer.allocate(Math.multiplyExact(elements, datatype.size()))
                .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The parser stands on the array's start, and afterwards on its end. */
  Tensor read(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw badRequest("input '%s': data is not an array; write \"data\": [...]", name);
    }
    // lengths[d]: elements so far of the array that is open at depth d; the outermost has depth 1.
    long[] lengths = new long[Math.max(1, shape.length) + 2];
    int depth = 1;
    int leaves = 0;
    while (depth > 0) {
      JsonToken token = parser.nextToken();
      if (token == JsonToken.START_ARRAY) {
        lengths[depth]++;
        depth++;
        if (depth > Math.max(1, shape.length) || leaves == 1) {
          throw nesting();
        }
        lengths[depth] = 0;
      } else if (token == JsonToken.END_ARRAY) {
        boolean nested = depth > 1 || leaves > 1 || (leaves == 0 && lengths[1] > 0);
        if (nested && lengths[depth] != shape[depth - 1]) {
          throw badRequest(
              "input '%s': an array at depth %d of data has %d elements; shape %s has %d there",
              name, depth, lengths[depth], Arrays.toString(shape), shape[depth - 1]);
        }
        depth--;
      } else {
        if (leaves != depth) {
          if (leaves != 0 || (depth != 1 && depth != shape.length)) {
            throw nesting();
          }
          leaves = depth;
        }
        lengths[depth]++;
        add(parser, token);
      }
    }
    if (next != elements) {
      throw badRequest(
          "input '%s': data has %d elements; shape %s has %d",
          name, next, Arrays.toString(shape), elements);
    }
    return strings != null
        ? Tensor.ofStrings(name, shape, strings)
        : Tensor.of(name, datatype, shape, buffer.rewind());
  }

  private ProtocolException nesting() {
    return badRequest(
        "input '%s': data is not nested as shape %s is; write one flat array, or arrays nested %d"
            + " deep",
        name, Arrays.toString(shape), Math.max(1, shape.length));
  }

  private void add(JsonParser parser, JsonToken token) throws IOException {
    if (next == elements) {
      throw badRequest(
          "input '%s': data has more than the %d elements of shape %s",
          name, elements, Arrays.toString(shape));
    }
    switch (datatype) {
      case BOOL -> {
        require(parser, token.isBoolean(), "true or false");
        buffer.put((byte) (token == JsonToken.VALUE_TRUE ? 1 : 0));
      }
      case BYTES -> {
        require(parser, token == JsonToken.VALUE_STRING, "a string");
        strings[next] = parser.getText();
        memory.take(Tensor.STRING_BYTES + strings[next].length());
      }
      case FP32 -> buffer.putFloat(finite(parser, token));
      case FP16 -> {
        short half = Floats.toHalf(finite(parser, token));
        inRange(parser, Float.isFinite(Floats.fromHalf(half)));
        buffer.putShort(half);
      }
      case BF16 -> {
        short bfloat = Floats.toBfloat(finite(parser, token));
        inRange(parser, Float.isFinite(Floats.fromBfloat(bfloat)));
        buffer.putShort(bfloat);
      }
      case FP64 -> {
        require(parser, token.isNumeric(), "a number");
        double number = parser.getDoubleValue();
        inRange(parser, Double.isFinite(number));
        buffer.putDouble(number);
      }
      case UINT64 -> {
        require(parser, token == JsonToken.VALUE_NUMBER_INT, "an integer");
        BigInteger number = parser.getBigIntegerValue();
        inRange(parser, number.signum() >= 0 && number.compareTo(UINT64_MAX) <= 0);
        buffer.putLong(number.longValue());
      }
      case INT64 -> buffer.putLong(integer(parser, token, Long.MIN_VALUE, Long.MAX_VALUE));
      case INT32 ->
          buffer.putInt((int) integer(parser, token, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case UINT32 -> buffer.putInt((int) integer(parser, token, 0, 0xffffffffL));
      case INT16 ->
          buffer.putShort((short) integer(parser, token, Short.MIN_VALUE, Short.MAX_VALUE));
      case UINT16 -> buffer.putShort((short) integer(parser, token, 0, 0xffff));
      case INT8 -> buffer.put((byte) integer(parser, token, Byte.MIN_VALUE, Byte.MAX_VALUE));
      case UINT8 -> buffer.put((byte) integer(parser, token, 0, 0xff));
    }
    next++;
  }

  private float finite(JsonParser parser, JsonToken token) throws IOException {
    require(parser, token.isNumeric(), "a number");
    float number = parser.getFloatValue();
    inRange(parser, Float.isFinite(number));
    return number;
  }

  private long integer(JsonParser parser, JsonToken token, long least, long most)
      throws IOException {
    require(parser, token == JsonToken.VALUE_NUMBER_INT, "an integer");
    long number;
    try {
      number = parser.getLongValue();
    } catch (InputCoercionException e) {
      throw outOfRange(parser);
    }
    inRange(parser, number >= least && number <= most);
    return number;
  }

  private void require(JsonParser parser, boolean fits, String expected) throws IOException {
    if (!fits) {
      throw badRequest(
          "input '%s': element %d of data is %s; %s takes %s",
          name, next, shortened(parser), datatype, expected);
    }
  }

  private void inRange(JsonParser parser, boolean fits) throws IOException {
    if (!fits) {
      throw outOfRange(parser);
    }
  }

  private ProtocolException outOfRange(JsonParser parser) throws IOException {
    return badRequest(
        "input '%s': element %d of data is %s, which is out of the range of %s",
        name, next, shortened(parser), datatype);
  }

  private static String shortened(JsonParser parser) throws IOException {
    String text = parser.getText();
    String cut = text.length() > 40 ? text.substring(0, 40) + "…" : text;
    return parser.currentToken() == JsonToken.VALUE_STRING ? '"' + cut + '"' : cut;
  }
}

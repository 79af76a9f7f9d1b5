package dev.modelyard.runtime.api.v2;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.modelyard.runtime.inference.Floats;
import dev.modelyard.runtime.inference.Tensor;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes an answer: JSON, then the binary tensors. JSON data is flat. */
final class InferResponseWriter {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();

  private InferResponseWriter() {}

  /**
   * @param jsonLength bytes of JSON; -1 where there is nothing else
   */
  record Response(Buffer body, int jsonLength) {}

  /**
   * @param outputs of the model, in its order
   * @throws ProtocolException 500 for an infinity, which JSON cannot write
   */
  static Response write(String model, String version, InferRequest request, List<Tensor> outputs) {
    Buffer body = Buffer.buffer(256);
    List<Tensor> binary = new ArrayList<>();
    try (JsonGenerator json = JSON.createGenerator(new BufferStream(body))) {
      json.writeStartObject();
      json.writeStringField("model_name", model);
      json.writeStringField("model_version", version);
      if (request.id() != null) {
        json.writeStringField("id", request.id());
      }
      json.writeArrayFieldStart("outputs");
      if (request.outputs().isEmpty()) {
        for (Tensor output : outputs) {
          write(json, output, request.binaryOutput(), binary);
        }
      }
      for (InferRequest.Output wanted : request.outputs()) {
        boolean asBinary = wanted.binary() == null ? request.binaryOutput() : wanted.binary();
        write(json, find(outputs, wanted.name()), asBinary, binary);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new ProtocolException(500, "the answer cannot be written: " + e.getMessage());
    }
    if (binary.isEmpty()) {
      return new Response(body, -1);
    }
    int jsonLength = body.length();
    for (Tensor tensor : binary) {
      append(body, BinaryTensorData.write(tensor));
    }
    return new Response(body, jsonLength);
  }

  private static Tensor find(List<Tensor> outputs, String name) {
    for (Tensor output : outputs) {
      if (output.name().equals(name)) {
        return output;
      }
    }
    throw new ProtocolException(500, "the model gave no output '" + name + "'");
  }

  private static void write(
      JsonGenerator json, Tensor output, boolean asBinary, List<Tensor> binary) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", output.name());
    json.writeStringField("datatype", output.datatype().name());
    json.writeFieldName("shape");
    json.writeArray(output.shape(), 0, output.shape().length);
    if (asBinary) {
      json.writeObjectFieldStart("parameters");
      json.writeNumberField("binary_data_size", BinaryTensorData.write(output).remaining());
      json.writeEndObject();
      binary.add(output);
    } else {
      json.writeArrayFieldStart("data");
      writeData(json, output);
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static void writeData(JsonGenerator json, Tensor tensor) throws IOException {
    if (tensor.strings() != null) {
      for (String string : tensor.strings()) {
        json.writeString(string);
      }
      return;
    }
    int bad = Floats.firstInfinite(tensor);
    if (bad >= 0) {
      throw new ProtocolException(
          500,
          "output '%s' of shape %s has %s at element %d, which JSON cannot write; ask for it with"
                  .formatted(
                      tensor.name(), Arrays.toString(tensor.shape()), Floats.at(tensor, bad), bad)
              + " \"parameters\": {\"binary_data\": true} to get the raw numbers");
    }
    ByteBuffer data = tensor.data();
    int size = tensor.datatype().size();
    for (int at = 0; at < data.capacity(); at += size) {
      switch (tensor.datatype()) {
        case BOOL -> json.writeBoolean(data.get(at) != 0);
        case UINT8 -> json.writeNumber(data.get(at) & 0xff);
        case INT8 -> json.writeNumber((int) data.get(at));
        case UINT16 -> json.writeNumber(data.getShort(at) & 0xffff);
        case INT16 -> json.writeNumber((int) data.getShort(at));
        case UINT32 -> json.writeNumber(data.getInt(at) & 0xffffffffL);
        case INT32 -> json.writeNumber(data.getInt(at));
        case UINT64 -> json.writeNumber(unsigned(data.getLong(at)));
        case INT64 -> json.writeNumber(data.getLong(at));
        case FP16 -> write(json, Floats.fromHalf(data.getShort(at)));
        case BF16 -> write(json, Floats.fromBfloat(data.getShort(at)));
        case FP32 -> write(json, data.getFloat(at));
        case FP64 -> {
          double number = data.getDouble(at);
          if (Double.isNaN(number)) {
            json.writeNull();
          } else {
            json.writeNumber(number);
          }
        }
        case BYTES -> throw new IllegalStateException("strings are written above");
      }
    }
  }

  /** NaN, no number, is null, as JavaScript and pandas write it. */
  private static void write(JsonGenerator json, float number) throws IOException {
    if (Float.isNaN(number)) {
      json.writeNull();
    } else {
      json.writeNumber(number);
    }
  }

  private static BigInteger unsigned(long value) {
    return new BigInteger(Long.toUnsignedString(value));
  }

  private static void append(Buffer body, ByteBuffer data) {
    if (data.hasArray()) {
      body.appendBytes(data.array(), data.arrayOffset() + data.position(), data.remaining());
    } else {
      byte[] copy = new byte[data.remaining()];
      data.get(copy);
      body.appendBytes(copy);
    }
  }

  private static final class BufferStream extends OutputStream {
    private final Buffer buffer;

    BufferStream(Buffer buffer) {
      this.buffer = buffer;
    }

    @Override
    public void write(int b) {
      buffer.appendByte((byte) b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      buffer.appendBytes(bytes, offset, length);
    }
  }
}

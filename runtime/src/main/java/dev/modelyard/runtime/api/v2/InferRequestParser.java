package dev.modelyard.runtime.api.v2;

import static dev.modelyard.runtime.api.v2.ProtocolException.badRequest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.modelyard.runtime.inference.DataType;
import dev.modelyard.runtime.inference.InferenceException;
import dev.modelyard.runtime.inference.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads a request in one pass over its bytes: JSON, then the binary tensors that it announces. */
final class InferRequestParser {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final int MOST_DIMENSIONS = 32;

  /** It is kept until the answer, which repeats it. */
  private static final int LONGEST_ID = 1024;

  /** What an input or output takes in memory beside its elements, about. */
  private static final int ENTRY_BYTES = 256;

  /** A tensor that shares a larger body keeps all of it in memory while it waits. */
  private static final int LARGE_BODY = 1 << 16;

  private final byte[] body;
  private final int jsonLength;
  private final int length;
  private final MemoryBudget.Share memory;
  private int binaryPosition;

  private InferRequestParser(byte[] body, int jsonLength, int length, MemoryBudget.Share memory) {
    this.memory = memory;
    this.body = body;
    this.jsonLength = jsonLength;
    this.length = length;
    binaryPosition = jsonLength;
  }

  /**
   * @param body the request is its first {@code length} bytes; kept by binary tensors
   * @param jsonLength bytes of JSON at the start
   * @param memory pays for the tensors
   * @throws ProtocolException 400 that says where and what is wrong
   */
  static InferRequest parse(byte[] body, int jsonLength, int length, MemoryBudget.Share memory) {
    try (JsonParser parser = JSON.createParser(body, 0, jsonLength)) {
      return new InferRequestParser(body, jsonLength, length, memory).request(parser);
    } catch (InferenceException e) {
      throw ProtocolException.of(e);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw badRequest(
          "the body is not valid JSON at line %d, column %d: %s",
          at == null ? 1 : at.getLineNr(),
          at == null ? 1 : at.getColumnNr(),
          e.getOriginalMessage());
    } catch (IOException e) {
      throw badRequest("the body cannot be read: %s", e.getMessage());
    }
  }

  private InferRequest request(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw badRequest("the body is not a JSON object; write {\"inputs\": [...]}");
    }
    String id = null;
    List<Tensor> inputs = null;
    List<InferRequest.Output> outputs = List.of();
    boolean binaryOutput = false;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "id" -> {
          // Clients that write every field of their record send null for an id that they have not.
          id = parser.currentToken() == JsonToken.VALUE_NULL ? null : string(parser, "id");
          if (id != null && id.length() > LONGEST_ID) {
            throw badRequest("id has more than %d characters", LONGEST_ID);
          }
        }
        case "inputs" -> inputs = inputs(parser);
        case "outputs" -> outputs = outputs(parser);
        case "parameters" ->
            binaryOutput =
                Boolean.TRUE.equals(Parameters.request(parser, "parameters").binaryOutput());
        default ->
            throw badRequest(
                "unknown field '%s'; a request has id, parameters, inputs and outputs",
                Parameters.shortened(field));
      }
    }
    if (parser.nextToken() != null) {
      throw badRequest("something follows the JSON object of the request");
    }
    if (inputs == null) {
      throw badRequest("inputs is missing; write \"inputs\": [{...}]");
    }
    if (binaryPosition != length) {
      throw badRequest(
          "%d bytes of binary data belong to no input; set binary_data_size of the inputs",
          length - binaryPosition);
    }
    return new InferRequest(id, inputs, outputs, binaryOutput);
  }

  private List<Tensor> inputs(JsonParser parser) throws IOException {
    requireArray(parser, "inputs");
    List<Tensor> inputs = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      memory.take(ENTRY_BYTES);
      inputs.add(input(parser, "inputs[" + inputs.size() + "]"));
    }
    return inputs;
  }

  private Tensor input(JsonParser parser, String where) throws IOException {
    requireObject(parser, where);
    String name = null;
    DataType datatype = null;
    long[] shape = null;
    Tensor tensor = null;
    Parameters parameters = Parameters.NONE;
    // Where data comes before what describes it, its place is kept and read afterwards.
    long dataStart = -1;
    long dataEnd = -1;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "name" -> name = string(parser, where + ".name");
        case "datatype" -> datatype = datatype(string(parser, where + ".datatype"), where);
        case "shape" -> shape = shape(parser, where);
        case "parameters" -> parameters = Parameters.input(parser, where + ".parameters");
        case "data" -> {
          dataStart = parser.currentTokenLocation().getByteOffset();
          if (name != null && datatype != null && shape != null) {
            tensor =
                new JsonTensorData(name, datatype, shape, jsonLength - dataStart, memory)
                    .read(parser);
          } else {
            skip(parser, where);
            dataEnd = parser.currentLocation().getByteOffset();
          }
        }
        default ->
            throw badRequest(
                "unknown field '%s' in %s; an input has name, shape, datatype, parameters and data",
                Parameters.shortened(field), where);
      }
    }
    require(name != null, where, "name");
    require(datatype != null, where, "datatype");
    require(shape != null, where, "shape");
    if (parameters.binarySize() != null) {
      if (dataStart >= 0) {
        throw badRequest("input '%s' has both data and binary_data_size; give one", name);
      }
      return binary(name, datatype, shape, parameters.binarySize());
    }
    require(dataStart >= 0, where, "data");
    return tensor != null ? tensor : late(name, datatype, shape, dataStart, dataEnd);
  }

  private static void skip(JsonParser parser, String where) throws IOException {
    int depth = 0;
    do {
      if (parser.currentToken() == JsonToken.START_OBJECT) {
        throw badRequest("%s.data has an object; write \"data\": [...]", where);
      }
      depth += parser.currentToken() == JsonToken.START_ARRAY ? 1 : 0;
      depth -= parser.currentToken() == JsonToken.END_ARRAY ? 1 : 0;
    } while (depth > 0 && parser.nextToken() != null);
  }

  private Tensor late(String name, DataType datatype, long[] shape, long start, long end)
      throws IOException {
    int size = (int) (end - start);
    try (JsonParser parser = JSON.createParser(body, (int) start, size)) {
      parser.nextToken();
      return new JsonTensorData(name, datatype, shape, size, memory).read(parser);
    }
  }

  private Tensor binary(String name, DataType datatype, long[] shape, long size) {
    if (size > length - binaryPosition) {
      throw badRequest(
          "input '%s': binary_data_size is %d, but %d bytes of binary data are left; %s",
          name,
          size,
          length - binaryPosition,
          "Inference-Header-Content-Length is the length of the JSON before them");
    }
    ByteBuffer data = ByteBuffer.wrap(body, binaryPosition, (int) size);
    if (body.length > LARGE_BODY && size < body.length / 2) {
      // The queue counts the tensor's bytes, not those of the body around them.
      memory.take(size);
      data = ByteBuffer.wrap(Arrays.copyOfRange(body, binaryPosition, binaryPosition + (int) size));
    }
    binaryPosition += (int) size;
    return BinaryTensorData.read(name, datatype, shape, data, memory);
  }

  private List<InferRequest.Output> outputs(JsonParser parser) throws IOException {
    requireArray(parser, "outputs");
    Set<String> names = new HashSet<>();
    List<InferRequest.Output> outputs = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      String where = "outputs[" + outputs.size() + "]";
      requireObject(parser, where);
      String name = null;
      Parameters parameters = Parameters.NONE;
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String field = parser.currentName();
        parser.nextToken();
        switch (field) {
          case "name" -> name = string(parser, where + ".name");
          case "parameters" -> parameters = Parameters.output(parser, where + ".parameters");
          default ->
              throw badRequest(
                  "unknown field '%s' in %s; an output has name and parameters",
                  Parameters.shortened(field), where);
        }
      }
      require(name != null, where, "name");
      if (!names.add(name)) {
        // Each would be written: a small request could ask for an answer of any size.
        throw badRequest("output '%s' is asked for twice", Parameters.shortened(name));
      }
      memory.take(ENTRY_BYTES + 2L * name.length());
      outputs.add(new InferRequest.Output(name, parameters.binaryOutput()));
    }
    return outputs;
  }

  private static DataType datatype(String text, String where) {
    for (DataType type : DataType.values()) {
      if (type.name().equals(text)) {
        return type;
      }
    }
    throw badRequest(
        "%s.datatype is '%s'; write one of %s",
        where, Parameters.shortened(text), Arrays.toString(DataType.values()));
  }

  private static long[] shape(JsonParser parser, String where) throws IOException {
    requireArray(parser, where + ".shape");
    long[] shape = new long[MOST_DIMENSIONS];
    int rank = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
          || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          || parser.getLongValue() < 0) {
        throw badRequest(
            "%s.shape has '%s'; write whole numbers from 0 to 2^63-1",
            where, Parameters.shortened(parser.getText()));
      }
      if (rank == MOST_DIMENSIONS) {
        throw badRequest("%s.shape has more than %d dimensions", where, MOST_DIMENSIONS);
      }
      shape[rank++] = parser.getLongValue();
    }
    return Arrays.copyOf(shape, rank);
  }

  private static String string(JsonParser parser, String where) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw badRequest("%s is not a string", where);
    }
    return parser.getText();
  }

  private static void requireArray(JsonParser parser, String where) {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw badRequest("%s is not an array", where);
    }
  }

  private static void requireObject(JsonParser parser, String where) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw badRequest("%s is not an object", where);
    }
  }

  private static void require(boolean present, String where, String field) {
    if (!present) {
      throw badRequest("%s.%s is missing", where, field);
    }
  }
}

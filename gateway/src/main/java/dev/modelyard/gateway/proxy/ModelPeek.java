package dev.modelyard.gateway.proxy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/**
 * Finds the value of {@code "model"} in a JSON object that arrives in parts, without keeping
 * anything of it.
 */
final class ModelPeek {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(200).maxStringLength(1 << 26).build())
          .build();

  private static final String FIELD = "model";

  private final JsonParser parser;
  private int depth;

  /** What is known so far. */
  enum State {
    MORE,
    FOUND,
    /** The object has ended, or was none. */
    ABSENT,
    /** No JSON. */
    BROKEN
  }

  private String model;

  ModelPeek() {
    try {
      parser = JSON.createNonBlockingByteArrayParser();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Null until it is found. */
  String model() {
    return model;
  }

  /** Takes the next part; not to be called again once the state is another than MORE. */
  State feed(Buffer part) {
    byte[] bytes = part.getBytes();
    ByteArrayFeeder feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
    try {
      feeder.feedInput(bytes, 0, bytes.length);
      for (JsonToken token; (token = parser.nextToken()) != JsonToken.NOT_AVAILABLE; ) {
        State state = take(token);
        if (state != State.MORE) {
          parser.close();
          return state;
        }
      }
      return State.MORE;
    } catch (IOException e) {
      return State.BROKEN;
    }
  }

  private State take(JsonToken token) throws IOException {
    if (token == null) {
      return State.ABSENT;
    }
    if (token.isStructStart()) {
      depth++;
      return depth == 1 && token != JsonToken.START_OBJECT ? State.ABSENT : State.MORE;
    }
    if (token.isStructEnd()) {
      depth--;
      return depth == 0 ? State.ABSENT : State.MORE;
    }
    if (depth == 0) {
      return State.ABSENT;
    }
    if (depth == 1 && token.isScalarValue() && FIELD.equals(parser.currentName())) {
      model = token == JsonToken.VALUE_STRING ? parser.getText() : null;
      return model == null ? State.ABSENT : State.FOUND;
    }
    return State.MORE;
  }
}

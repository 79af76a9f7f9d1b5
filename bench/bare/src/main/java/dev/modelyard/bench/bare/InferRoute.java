package dev.modelyard.bench.bare;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.modelyard.bench.bare.InferRequest.Input;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * {@code POST /v2/models/digits/infer}, as JSON or with binary tensors: parse, one {@code
 * OrtSession.run}, answer. No batching, no queue, no metrics.
 */
@ApplicationScoped
public class InferRoute {
  private static final Logger LOG = Logger.getLogger(InferRoute.class);
  private static final String HEADER_LENGTH = "Inference-Header-Content-Length";

  private final Vertx vertx;
  private final DigitsModel model;
  private final boolean onEventLoop;
  private final ObjectReader reader;
  private final ObjectWriter writer;

  /**
   * @param onEventLoop compute where the request is read, which a slow model must not do, in place
   *     of the worker pool
   */
  public InferRoute(
      Vertx vertx,
      DigitsModel model,
      ObjectMapper mapper,
      @ConfigProperty(name = "bare.event-loop", defaultValue = "false") boolean onEventLoop) {
    this.vertx = vertx;
    this.model = model;
    this.onEventLoop = onEventLoop;
    reader = mapper.readerFor(InferRequest.class);
    writer = mapper.writerFor(InferResponse.class);
  }

  void register(@Observes Router router) {
    router.post("/v2/models/digits/infer").handler(routing -> handle(routing.request()));
  }

  private record Answer(Buffer body, int jsonLength) {}

  private void handle(HttpServerRequest request) {
    String header = request.getHeader(HEADER_LENGTH);
    HttpServerResponse response = request.response();
    request
        .body()
        .onFailure(failure -> fail(response, failure))
        .onSuccess(
            body -> {
              if (onEventLoop) {
                try {
                  send(response, answer(body, header));
                } catch (Exception e) {
                  fail(response, e);
                }
              } else {
                vertx
                    .executeBlocking(() -> answer(body, header), false)
                    .onSuccess(answer -> send(response, answer))
                    .onFailure(failure -> fail(response, failure));
              }
            });
    // Quarkus hands requests over paused.
    request.resume();
  }

  private static void send(HttpServerResponse response, Answer answer) {
    if (answer.jsonLength() < 0) {
      response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
    } else {
      response.putHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream");
      response.putHeader(HEADER_LENGTH, Integer.toString(answer.jsonLength()));
    }
    response.end(answer.body());
  }

  private void fail(HttpServerResponse response, Throwable cause) {
    boolean theirs = cause instanceof IllegalArgumentException || cause instanceof IOException;
    if (!theirs) {
      LOG.error("A request failed", cause);
    }
    if (!response.ended() && !response.closed()) {
      response.setStatusCode(theirs ? 400 : 500);
      response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
      response.end(error(cause));
    }
  }

  private Buffer error(Throwable cause) {
    try {
      String message = String.valueOf(cause.getMessage());
      return Buffer.buffer(writer.forType(Map.class).writeValueAsBytes(Map.of("error", message)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private Answer answer(Buffer body, String header) throws IOException, OrtException {
    byte[] bytes = body.getBytes();
    int jsonLength = header == null ? bytes.length : jsonLength(header, bytes.length);
    InferRequest request = reader.readValue(bytes, 0, jsonLength);
    Input input = input(request);
    FloatBuffer pixels = pixels(input, bytes, jsonLength);
    DigitsModel.Prediction prediction = model.predict(pixels, input.shape());
    boolean binary = request.parameters() != null && request.parameters().binaryDataOutput();
    return binary ? binary(request, prediction) : json(request, prediction);
  }

  private static int jsonLength(String header, int length) {
    int jsonLength = Integer.parseInt(header);
    if (jsonLength < 0 || jsonLength > length) {
      throw new IllegalArgumentException(HEADER_LENGTH + " is out of range");
    }
    return jsonLength;
  }

  private static Input input(InferRequest request) {
    if (request.inputs() == null || request.inputs().size() != 1) {
      throw new IllegalArgumentException("write one input, 'pixels'");
    }
    Input input = request.inputs().get(0);
    long[] shape = input.shape();
    if (!"pixels".equals(input.name())
        || !"FP32".equals(input.datatype())
        || shape == null
        || shape.length != 2
        || shape[0] < 1
        || shape[1] != 64) {
      throw new IllegalArgumentException("'pixels' must be FP32 of shape [rows, 64]");
    }
    return input;
  }

  private static FloatBuffer pixels(Input input, byte[] bytes, int jsonLength) {
    long elements = Math.multiplyExact(input.shape()[0], input.shape()[1]);
    if (input.data() != null) {
      if (input.data().length != elements) {
        throw new IllegalArgumentException("'pixels' must have " + elements + " numbers");
      }
      return FloatBuffer.wrap(input.data());
    }
    int size = input.parameters() == null ? 0 : input.parameters().binaryDataSize();
    if (size != elements * Float.BYTES || jsonLength + size != bytes.length) {
      throw new IllegalArgumentException("the binary data must have " + elements + " numbers");
    }
    return ByteBuffer.wrap(bytes, jsonLength, size)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer();
  }

  private Answer json(InferRequest request, DigitsModel.Prediction prediction)
      throws JsonProcessingException {
    long rows = prediction.label().length;
    InferResponse response =
        response(
            request,
            new InferResponse.Output(
                "probabilities", "FP32", new long[] {rows, 10}, prediction.probabilities(), null),
            new InferResponse.Output(
                "label", "INT64", new long[] {rows}, prediction.label(), null));
    return new Answer(Buffer.buffer(writer.writeValueAsBytes(response)), -1);
  }

  private Answer binary(InferRequest request, DigitsModel.Prediction prediction)
      throws JsonProcessingException {
    long rows = prediction.label().length;
    int floats = prediction.probabilities().length * Float.BYTES;
    int longs = prediction.label().length * Long.BYTES;
    InferResponse response =
        response(
            request,
            new InferResponse.Output(
                "probabilities",
                "FP32",
                new long[] {rows, 10},
                null,
                new InferResponse.Parameters(floats)),
            new InferResponse.Output(
                "label", "INT64", new long[] {rows}, null, new InferResponse.Parameters(longs)));
    byte[] json = writer.writeValueAsBytes(response);
    byte[] bytes = Arrays.copyOf(json, json.length + floats + longs);
    ByteBuffer data =
        ByteBuffer.wrap(bytes, json.length, floats + longs).slice().order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(prediction.probabilities());
    data.position(floats)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asLongBuffer()
        .put(prediction.label());
    return new Answer(Buffer.buffer(bytes), json.length);
  }

  private static InferResponse response(InferRequest request, InferResponse.Output... outputs) {
    return new InferResponse("digits", "1", request.id(), List.of(outputs));
  }
}

package dev.modelyard.bench.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.modelyard.bench.inference.Holdout.Row;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Sends every held-out row and counts the right answers: what is fast and wrong is not measured.
 */
final class AnswerCheck {
  static final String HEADER_LENGTH = "Inference-Header-Content-Length";
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int CLASSES = 10;

  private final Holdout holdout;
  private final int expected;

  /**
   * @param metrics {@code metrics.json}, where the training script wrote how many rows its model
   *     gets right
   */
  AnswerCheck(Holdout holdout, Path metrics) throws IOException {
    this.holdout = holdout;
    JsonNode recorded = MAPPER.readTree(metrics.toFile()).path("1");
    expected = recorded.path("correct").asInt(-1);
    if (recorded.path("holdoutRows").asInt() != holdout.rows().size()) {
      throw new IllegalArgumentException(metrics + " is about another number of rows");
    }
  }

  /**
   * @param probabilities 10, in the order of the digits
   */
  record Answer(int label, float[] probabilities) {}

  /**
   * @return rows that were classified right
   * @throws IllegalStateException where their number is not what the training script recorded, or
   *     where label and probabilities of a row disagree
   */
  int check(ServerProcess server, Format format) throws IOException, InterruptedException {
    int correct = 0;
    for (Row row : holdout.rows()) {
      HttpResponse<byte[]> response = server.post(format, format.body(row));
      if (response.statusCode() != 200) {
        throw new IllegalStateException(
            "the %s answered %d: %s"
                .formatted(
                    server.server().label(),
                    response.statusCode(),
                    new String(response.body(), StandardCharsets.UTF_8)));
      }
      int header = (int) response.headers().firstValueAsLong(HEADER_LENGTH).orElse(-1);
      Answer answer = parse(response.body(), header);
      if (answer.label() != largest(answer.probabilities())) {
        throw new IllegalStateException(
            "the %s answered label %d, but another digit is more probable"
                .formatted(server.server().label(), answer.label()));
      }
      correct += answer.label() == row.label() ? 1 : 0;
    }
    if (correct != expected) {
      throw new IllegalStateException(
          "the %s got %d of %d rows right over %s, the training script %d"
              .formatted(
                  server.server().label(),
                  correct,
                  holdout.rows().size(),
                  format.label(),
                  expected));
    }
    return correct;
  }

  /**
   * @param jsonLength bytes of JSON before the binary tensors; -1 where all is JSON
   */
  static Answer parse(byte[] body, int jsonLength) throws IOException {
    int length = jsonLength < 0 ? body.length : jsonLength;
    float[] probabilities = null;
    int label = -1;
    ByteBuffer data =
        ByteBuffer.wrap(body, length, body.length - length).order(ByteOrder.LITTLE_ENDIAN);
    for (JsonNode output : MAPPER.readTree(body, 0, length).path("outputs")) {
      boolean binary = output.path("parameters").has("binary_data_size");
      switch (output.path("name").asText()) {
        case "probabilities" -> {
          probabilities = new float[CLASSES];
          for (int i = 0; i < CLASSES; i++) {
            probabilities[i] =
                binary ? data.getFloat() : (float) output.path("data").required(i).asDouble();
          }
        }
        case "label" ->
            label = binary ? (int) data.getLong() : output.path("data").required(0).asInt();
        default -> throw new IllegalStateException("an unknown output: " + output);
      }
    }
    if (probabilities == null || label < 0 || data.hasRemaining()) {
      throw new IllegalStateException(
          "not the two outputs of the model: "
              + new String(body, 0, length, StandardCharsets.UTF_8));
    }
    return new Answer(label, probabilities);
  }

  private static int largest(float[] values) {
    int largest = 0;
    for (int i = 1; i < values.length; i++) {
      largest = values[i] > values[largest] ? i : largest;
    }
    return largest;
  }
}

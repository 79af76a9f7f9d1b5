package dev.modelyard.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A client of the digits model, over the Open Inference Protocol v2 with JSON tensors and with the
 * binary-tensor extension. It keeps its connection; use one client a thread.
 */
final class OipClient {
  // Longer than a cold start, which a request to a model at zero waits for.
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String JSON_LENGTH = "Inference-Header-Content-Length";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final URI infer;
  private final URI metadata;

  /**
   * @param server such as {@code http://127.0.0.1:8080/default/digits}
   */
  OipClient(String server, String model) {
    this.metadata = URI.create(server + "/v2/models/" + model);
    this.infer = URI.create(metadata + "/infer");
  }

  /** What the model says of itself. */
  JsonNode metadata() throws IOException, InterruptedException {
    return JSON.readTree(
        check(
                client.send(
                    HttpRequest.newBuilder(metadata).timeout(TIMEOUT).build(),
                    BodyHandlers.ofByteArray()))
            .body());
  }

  /** A request with images as JSON numbers, for any client and any number of times. */
  HttpRequest jsonRequest(float[] rows) throws IOException {
    ObjectNode request = request(rows);
    var data = ((ObjectNode) request.path("inputs").get(0)).putArray("data");
    for (float pixel : rows) {
      data.add(pixel);
    }
    return post("application/json", JSON.writeValueAsBytes(request)).build();
  }

  /** Answers to images sent as JSON numbers. */
  List<Answer> json(float[] rows) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = check(client.send(jsonRequest(rows), BodyHandlers.ofByteArray()));
    JsonNode body = JSON.readTree(answer.body());
    JsonNode labels = output(body, "label").path("data");
    JsonNode probabilities = output(body, "probabilities").path("data");
    int count = rows.length / Holdout.PIXELS;
    int classes = probabilities.size() / count;
    if (labels.size() != count || classes == 0 || classes * count != probabilities.size()) {
      throw new IOException("malformed answer to " + count + " images: " + body);
    }
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] row = new float[classes];
      for (int c = 0; c < classes; c++) {
        row[c] = (float) probabilities.get(i * classes + c).asDouble();
      }
      answers.add(new Answer(labels.get(i).asInt(), row));
    }
    return answers;
  }

  /** Answers to images sent as, and answered in, little-endian binary tensors. */
  List<Answer> binary(float[] rows) throws IOException, InterruptedException {
    ObjectNode request = request(rows);
    ((ObjectNode) request.path("inputs").get(0))
        .putObject("parameters")
        .put("binary_data_size", rows.length * Float.BYTES);
    request.putObject("parameters").put("binary_data_output", true);
    byte[] head = JSON.writeValueAsBytes(request);
    ByteBuffer tensor =
        ByteBuffer.allocate(rows.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    tensor.asFloatBuffer().put(rows);
    var body = new ByteArrayOutputStream();
    body.write(head);
    body.write(tensor.array());
    HttpResponse<byte[]> answer =
        check(
            client.send(
                post("application/octet-stream", body.toByteArray())
                    .header(JSON_LENGTH, String.valueOf(head.length))
                    .build(),
                BodyHandlers.ofByteArray()));
    int headLength =
        (int)
            answer
                .headers()
                .firstValueAsLong(JSON_LENGTH)
                .orElseThrow(() -> new IOException("the answer has no " + JSON_LENGTH));
    return binaryAnswers(answer.body(), headLength, rows.length / Holdout.PIXELS);
  }

  private static List<Answer> binaryAnswers(byte[] body, int headLength, int count)
      throws IOException {
    if (headLength < 0 || headLength > body.length) {
      throw new IOException(JSON_LENGTH + " is " + headLength + " of " + body.length + " bytes");
    }
    JsonNode head =
        JSON.readTree(new String(body, 0, headLength, java.nio.charset.StandardCharsets.UTF_8));
    int offset = headLength;
    long[] labels = null;
    float[] probabilities = null;
    for (JsonNode output : head.path("outputs")) {
      int size = output.path("parameters").path("binary_data_size").asInt(-1);
      if (size < 0 || size > body.length - offset) {
        throw new IOException("output without its bytes: " + output);
      }
      ByteBuffer bytes = ByteBuffer.wrap(body, offset, size).order(ByteOrder.LITTLE_ENDIAN);
      if ("label".equals(output.path("name").asText())) {
        labels = new long[size / Long.BYTES];
        bytes.asLongBuffer().get(labels);
      } else if ("probabilities".equals(output.path("name").asText())) {
        probabilities = new float[size / Float.BYTES];
        bytes.asFloatBuffer().get(probabilities);
      }
      offset += size;
    }
    if (labels == null || probabilities == null || labels.length != count) {
      throw new IOException("malformed answer to " + count + " images: " + head);
    }
    int classes = probabilities.length / count;
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] row = new float[classes];
      System.arraycopy(probabilities, i * classes, row, 0, classes);
      answers.add(new Answer(Math.toIntExact(labels[i]), row));
    }
    return answers;
  }

  private static ObjectNode request(float[] rows) {
    ObjectNode request = JSON.createObjectNode();
    ObjectNode input = request.putArray("inputs").addObject();
    input.put("name", "pixels").put("datatype", "FP32");
    input.putArray("shape").add(rows.length / Holdout.PIXELS).add(Holdout.PIXELS);
    return request;
  }

  private HttpRequest.Builder post(String type, byte[] body) {
    return HttpRequest.newBuilder(infer)
        .timeout(TIMEOUT)
        .header("Content-Type", type)
        .POST(BodyPublishers.ofByteArray(body));
  }

  private static HttpResponse<byte[]> check(HttpResponse<byte[]> answer) throws IOException {
    if (answer.statusCode() != 200) {
      throw new IOException(
          "status "
              + answer.statusCode()
              + ": "
              + new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8));
    }
    return answer;
  }

  private static JsonNode output(JsonNode body, String name) throws IOException {
    for (JsonNode output : body.path("outputs")) {
      if (name.equals(output.path("name").asText())) {
        return output;
      }
    }
    throw new IOException("the answer has no output " + name + ": " + body);
  }
}

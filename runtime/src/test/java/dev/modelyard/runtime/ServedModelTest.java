package dev.modelyard.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole runtime with the digits example: loaded, ready, right, and honest on both ports. */
@QuarkusTest
@TestProfile(ServedModelTest.Digits.class)
class ServedModelTest {
  private static final Path EXAMPLE =
      Path.of("..", "examples", "digits").toAbsolutePath().normalize();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();

  @TestHTTPResource("/v2/models/digits")
  URI model;

  @TestHTTPResource("/")
  URI inferencePort;

  @TestHTTPResource(value = "/", management = true)
  URI managementPort;

  @BeforeEach
  void ready() {
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> get(managementPort.resolve("/q/health/ready")).statusCode() == 200);
  }

  @Test
  void isAsRightAsTheTrainingMeasured() throws Exception {
    List<String> rows = Files.readAllLines(EXAMPLE.resolve("holdout.csv"));
    rows = rows.subList(1, rows.size());
    StringBuilder data = new StringBuilder();
    for (String row : rows) {
      data.append(data.isEmpty() ? "" : ",").append(row.substring(row.indexOf(',') + 1));
    }
    String body =
        "{\"inputs\":[{\"name\":\"pixels\",\"datatype\":\"FP32\",\"shape\":[%d,64],\"data\":[%s]}],\"outputs\":[{\"name\":\"label\"}]}"
            .formatted(rows.size(), data);

    JsonNode answer = JSON.readTree(post(body).body());

    int right = 0;
    for (int i = 0; i < rows.size(); i++) {
      int label = Integer.parseInt(rows.get(i).substring(0, rows.get(i).indexOf(',')));
      right += answer.at("/outputs/0/data/" + i).asInt(-1) == label ? 1 : 0;
    }
    double recorded =
        JSON.readTree(EXAMPLE.resolve("metrics.json").toFile()).at("/1/accuracy").asDouble();
    assertThat((double) right / rows.size()).isEqualTo(recorded, within(1e-6));
  }

  @Test
  void tellsItsStatusOnTheManagementPort() throws Exception {
    JsonNode status = JSON.readTree(get(managementPort.resolve("/status")).body());

    assertThat(status.path("state").asText()).isEqualTo("READY");
    assertThat(status.at("/model/digest").asText())
        .isEqualTo(
            "sha256:"
                + JSON.readTree(EXAMPLE.resolve("metrics.json").toFile()).at("/1/sha256").asText());
    assertThat(status.at("/model/engine").asText()).isEqualTo("OnnxRuntime");
  }

  @Test
  void measuresWhatItDoes() throws Exception {
    post(Files.readString(EXAMPLE.resolve("request.json")));

    assertThat(get(managementPort.resolve("/q/metrics")).body())
        .contains("modelyard_request_duration_seconds_bucket{code=\"200\",model=\"digits\"")
        .contains("modelyard_model_state{state=\"ready\"} 1.0");
  }

  @Test
  void hasNoManagementOnTheInferencePort() throws Exception {
    for (String path : List.of("/q/health", "/q/metrics", "/status", "/")) {
      HttpResponse<String> answer = get(inferencePort.resolve(path));
      assertThat(answer.statusCode()).as(path).isEqualTo(404);
      assertThat(JSON.readTree(answer.body()).path("error").asText()).contains("/v2/models/digits");
    }
  }

  private HttpResponse<String> post(String body) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(URI.create(model + "/infer"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString(UTF_8));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer;
  }

  private HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString(UTF_8));
  }

  /** What the operator would set. */
  public static class Digits implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "modelyard.model.name", "digits",
          "modelyard.model.revision", "bcdfghjklm",
          "modelyard.model.uri", EXAMPLE.resolve("1/model.onnx").toUri().toString(),
          "modelyard.model.cache", "target/model-cache",
          "modelyard.termination-log", "target/termination-log",
          "quarkus.management.test-port", "0",
          "quarkus.http.test-port", "0");
    }
  }
}

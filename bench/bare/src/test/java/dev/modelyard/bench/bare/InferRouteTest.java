package dev.modelyard.bench.bare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

@QuarkusTest
class InferRouteTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int SEVEN = 7;

  @TestHTTPResource("/v2/models/digits/infer")
  URI infer;

  private HttpResponse<byte[]> post(byte[] body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(infer).POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HttpClient.newHttpClient()
        .send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static byte[] example() throws Exception {
    return Files.readAllBytes(Path.of("../../examples/digits/request.json"));
  }

  @Test
  void answersTheExampleAsJson() throws Exception {
    HttpResponse<byte[]> response = post(example());
    assertThat(response.statusCode()).isEqualTo(200);
    JsonNode outputs = MAPPER.readTree(response.body()).path("outputs");
    assertThat(outputs.path(0).path("data")).hasSize(10);
    assertThat(outputs.path(1).path("data").path(0).asInt()).isEqualTo(SEVEN);
  }

  @Test
  void answersBinaryTensors() throws Exception {
    JsonNode data = MAPPER.readTree(example()).path("inputs").path(0).path("data");
    byte[] json =
        """
        {"inputs":[{"name":"pixels","shape":[1,64],"datatype":"FP32",
          "parameters":{"binary_data_size":256}}],"parameters":{"binary_data_output":true}}"""
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer body =
        ByteBuffer.allocate(json.length + 256).order(ByteOrder.LITTLE_ENDIAN).put(json);
    data.forEach(pixel -> body.putFloat((float) pixel.asDouble()));
    String header = "Inference-Header-Content-Length";
    HttpResponse<byte[]> response = post(body.array(), header, Integer.toString(json.length));
    assertThat(response.statusCode()).isEqualTo(200);
    int length = (int) response.headers().firstValueAsLong(header).orElseThrow();
    assertThat(response.body()).hasSize(length + 10 * Float.BYTES + Long.BYTES);
    ByteBuffer answer = ByteBuffer.wrap(response.body()).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(answer.getFloat(length + SEVEN * Float.BYTES)).isGreaterThan(0.5f);
    assertThat(answer.getLong(length + 10 * Float.BYTES)).isEqualTo(SEVEN);
  }

  @Test
  void aWrongShapeIsABadRequest() throws Exception {
    HttpResponse<byte[]> response =
        post(
            "{\"inputs\":[{\"name\":\"pixels\",\"shape\":[2,64],\"datatype\":\"FP32\",\"data\":[1]}]}"
                .getBytes(StandardCharsets.UTF_8));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(MAPPER.readTree(response.body()).path("error").asText()).contains("128");
  }
}

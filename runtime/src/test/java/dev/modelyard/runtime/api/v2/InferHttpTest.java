package dev.modelyard.runtime.api.v2;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests to infer over HTTP, on a model with two inputs and two outputs. */
class InferHttpTest {
  private static final String INPUTS =
      """
      "inputs": [
        {"name": "b", "shape": [1, 2], "datatype": "FP32", "data": [1, 0.5]},
        {"name": "a", "shape": [1, 2], "datatype": "FP32", "data": [[2, 4]]}]
      """;
  private static TestServer server;

  @BeforeAll
  static void serve() {
    server = TestServer.serving("two");
  }

  @AfterAll
  static void stop() {
    assertThat(server.protocol.memoryInUse()).isZero();
    server.close();
  }

  private static void assertError(HttpResponse<String> response, int status, String message) {
    assertThat(response.body()).startsWith("{\"error\":\"").endsWith("\"}").contains(message);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
  }

  @Test
  void answersInTheModelsOrder() throws Exception {
    var response = server.infer("{\"id\": \"7\"," + INPUTS + "}");
    assertThat(response.body())
        .isEqualTo(
            "{\"model_name\":\"digits\",\"model_version\":\"abc\",\"id\":\"7\",\"outputs\":["
                + "{\"name\":\"sum\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[3.0,4.5]},"
                + "{\"name\":\"difference\",\"datatype\":\"FP32\",\"shape\":[1,2],"
                + "\"data\":[1.0,3.5]}]}");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(response.headers().firstValue("connection")).isEmpty();
  }

  @Test
  void answersTheOutputsThatAreAskedForInTheirOrder() throws Exception {
    var both =
        server.infer("{\"outputs\":[{\"name\":\"difference\"},{\"name\":\"sum\"}]," + INPUTS + "}");
    assertThat(both.body().indexOf("\"difference\"")).isLessThan(both.body().indexOf("\"sum\""));
    var one = server.infer("{\"outputs\":[{\"name\":\"difference\"}]," + INPUTS + "}");
    assertThat(one.body()).contains("\"data\":[1.0,3.5]").doesNotContain("\"sum\"");
  }

  @Test
  void answersAtTheVersionPath() throws Exception {
    HttpRequest request =
        server
            .request("/v2/models/digits/versions/abc/infer")
            .POST(BodyPublishers.ofString("{" + INPUTS + "}"))
            .build();
    assertThat(server.send(request).statusCode()).isEqualTo(200);
  }

  private static HttpRequest binaryRequest(String path, String json, byte[] binary) {
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    return server
        .request(path)
        .header("Content-Type", "application/octet-stream")
        .header("Inference-Header-Content-Length", Integer.toString(header.length))
        .POST(
            BodyPublishers.concat(
                BodyPublishers.ofByteArray(header), BodyPublishers.ofByteArray(binary)))
        .build();
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  @Test
  void takesAndGivesBinaryTensors() throws Exception {
    String json =
        """
        {"parameters":{"binary_data_output":true},
         "outputs":[{"name":"difference"},{"name":"sum","parameters":{"binary_data":false}}],
         "inputs":[
          {"name":"a","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}},
          {"name":"b","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}}]}""";
    var response =
        server.sendBinary(
            binaryRequest("/v2/models/digits/infer", json, floats(5, Float.MAX_VALUE, 3, 0)));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/octet-stream");
    int length =
        (int) response.headers().firstValueAsLong("inference-header-content-length").orElseThrow();
    String header = new String(response.body(), 0, length, StandardCharsets.UTF_8);
    assertThat(header)
        .contains(
            "{\"name\":\"difference\",\"datatype\":\"FP32\",\"shape\":[1,2],"
                + "\"parameters\":{\"binary_data_size\":8}}")
        .contains("\"name\":\"sum\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[8.0,3.4028");
    assertThat(Arrays.copyOfRange(response.body(), length, response.body().length))
        .isEqualTo(floats(2, Float.MAX_VALUE));
  }

  @ParameterizedTest
  @CsvSource({"-1", "ten", "1000000", "99999999999999999999"})
  void saysThatTheHeaderLengthIsWrong(String length) throws Exception {
    HttpRequest request =
        server
            .request("/v2/models/digits/infer")
            .header("Inference-Header-Content-Length", length)
            .POST(BodyPublishers.ofString("{}"))
            .build();
    assertError(server.send(request), 400, "Inference-Header-Content-Length is '" + length + "'");
  }

  static Stream<Arguments> unfitting() {
    String good = "{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[1,2]}";
    String input = "{\"name\":\"%s\",\"datatype\":\"%s\",\"shape\":%s,\"data\":%s}";
    return Stream.of(
        Arguments.of(good, "input 'b' is missing; the model takes 'a' FP32 [-1, 2], 'b' FP32"),
        Arguments.of("", "input 'a' is missing"),
        Arguments.of(good + "," + good, "input 'a' is given twice"),
        Arguments.of(
            good + "," + input.formatted("b", "FP64", "[1,2]", "[1,2]"),
            "input 'b' has datatype FP64; the model takes FP32"),
        Arguments.of(
            good + "," + input.formatted("b", "FP32", "[2,1]", "[1,2]"),
            "input 'b' has shape [2, 1]; the model takes [-1, 2], where -1 is any size"),
        Arguments.of(
            good + "," + input.formatted("b", "FP32", "[2]", "[1,2]"), "input 'b' has shape [2]"),
        Arguments.of(
            good
                + ","
                + good.replace("\"a\"", "\"b\"")
                + ","
                + input.formatted("c", "FP32", "[1]", "[1]"),
            "the model has no input 'c'; it takes 'a' FP32"));
  }

  @ParameterizedTest
  @MethodSource("unfitting")
  void saysWhatDoesNotFitTheModel(String inputs, String message) throws Exception {
    assertError(server.infer("{\"inputs\":[" + inputs + "]}"), 400, message);
  }

  @Test
  void namesTheOutputsWhereOneIsUnknown() throws Exception {
    assertError(
        server.infer("{\"outputs\":[{\"name\":\"y\"}]," + INPUTS + "}"),
        400,
        "the model has no output 'y'; it gives 'sum', 'difference'");
  }

  @Test
  void escapesWhatTheClientWrote() throws Exception {
    var response = server.infer("{\"a\\\"b\\u0001\":1}");
    assertThat(response.body()).contains("unknown field 'a\\\"b\\u0001'");
    assertThat(response.statusCode()).isEqualTo(400);
  }

  @Test
  void refusesOtherContentTypesAndEncodings() throws Exception {
    HttpRequest.Builder request =
        server.request("/v2/models/digits/infer").POST(BodyPublishers.ofString("{}"));
    assertError(
        server.send(request.copy().header("Content-Type", "text/plain").build()),
        415,
        "'text/plain' is not supported; send application/json");
    assertError(
        server.send(request.copy().header("Content-Encoding", "br").build()),
        415,
        "content encoding 'br' is not supported; send the body with gzip");
    assertThat(
            server
                .send(
                    request
                        .copy()
                        .header("Content-Type", "Application/JSON; charset=utf-8")
                        .build())
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void refusesABodyThatIsTooLarge() throws Exception {
    byte[] large = new byte[TestServer.MAX_BODY + 1];
    Arrays.fill(large, (byte) ' ');
    HttpRequest.Builder request = server.request("/v2/models/digits/infer");
    assertError(
        server.send(request.copy().POST(BodyPublishers.ofByteArray(large)).build()),
        413,
        "larger than the limit of " + TestServer.MAX_BODY + " bytes");
    HttpRequest chunked =
        request
            .POST(
                BodyPublishers.fromPublisher(
                    BodyPublishers.ofByteArrays(Stream.of(large, large).toList())))
            .build();
    assertError(server.send(chunked), 413, "larger than the limit");
    // Within the limit, but not what becomes of it: eight bytes for each two characters.
    assertError(
        server.infer(
            "{\"inputs\":[{\"name\":\"a\",\"datatype\":\"FP64\",\"shape\":[2000000],\"data\":["
                + "0,".repeat(1_999_999)
                + "0]}]}"),
        413,
        "takes more than " + TestServer.MAX_MEMORY + " bytes of memory");
    // The connection is still good.
    assertThat(server.infer("{" + INPUTS + "}").statusCode()).isEqualTo(200);
  }

  @Test
  void takesALargeBody() throws Exception {
    int rows = 200_000;
    String data = "1,".repeat(2 * rows - 1) + "1";
    String input = "{\"name\":\"%s\",\"datatype\":\"FP32\",\"shape\":[%d,2],\"data\":[%s]}";
    var response =
        server.infer(
            "{\"inputs\":["
                + input.formatted("a", rows, data)
                + ","
                + input.formatted("b", rows, data)
                + "]}");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body())
        .contains("\"shape\":[200000,2],\"data\":[2.0,2.0")
        .endsWith("0.0]}]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST|/v2|405|use GET",
        "GET|/v2/models/digits/infer|405|use POST",
        "DELETE|/v2/models/digits|405|use GET",
        "GET|/v2/models/other|404|there is no model 'other' here; this server has 'digits'",
        "POST|/v2/models/other/infer|404|there is no model 'other'",
        "POST|/v2/models/digits/versions/1/infer|404|no version '1' here; this server has 'abc'",
        "GET|/v2/models|404|POST to /v2/models/digits/infer",
        "GET|/v2/models/digits/config|404|there is nothing at '/v2/models/digits/config'",
        "GET|/v2/models/digits/versions|404|there is nothing at",
        "GET|/v2/models/digits/infer/x|404|there is nothing at",
        "GET|/v2/health|404|there is nothing at",
      })
  void saysWhichPathsAndMethodsThereAre(String method, String path, int status, String message)
      throws Exception {
    HttpRequest request =
        server.request(path).method(method, BodyPublishers.ofString("{}")).build();
    assertError(server.send(request), status, message);
  }

  @Test
  void describesServerAndModel() throws Exception {
    assertThat(server.get("/v2").body())
        .isEqualTo(
            "{\"name\":\"modelyard\",\"version\":\"0.1.0\",\"extensions\":[\"binary_tensor_data\"]}");
    String model =
        "{\"name\":\"digits\",\"versions\":[\"abc\"],\"platform\":\"OnnxRuntime\",\"inputs\":["
            + "{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[-1,2]},"
            + "{\"name\":\"b\",\"datatype\":\"FP32\",\"shape\":[-1,2]}],\"outputs\":["
            + "{\"name\":\"sum\",\"datatype\":\"FP32\",\"shape\":[-1,2]},"
            + "{\"name\":\"difference\",\"datatype\":\"FP32\",\"shape\":[-1,2]}],"
            + "\"parameters\":{\"batching\":\"%s\"}}".formatted(server.service.batching().get());
    assertThat(server.get("/v2/models/digits").body()).isEqualTo(model);
    assertThat(server.get("/v2/models/digits/versions/abc").body()).isEqualTo(model);
  }

  @Test
  void isHealthy() throws Exception {
    assertThat(server.get("/v2/health/live").body()).isEqualTo("{\"live\":true}");
    assertThat(server.get("/v2/health/ready").body()).isEqualTo("{\"ready\":true}");
    assertThat(server.get("/v2/models/digits/ready").body())
        .isEqualTo("{\"name\":\"digits\",\"ready\":true}");
    assertThat(server.get("/v2/models/digits/versions/abc/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void measuresRequestsByStatus() throws Exception {
    server.infer("{" + INPUTS + "}");
    server.infer("nonsense");
    for (String code : new String[] {"200", "400"}) {
      var timer =
          server
              .registry
              .get("modelyard.request.duration")
              .tag("code", code)
              .tag("model", "digits")
              .timer();
      assertThat(timer.count()).isPositive();
    }
  }
}

package dev.modelyard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.gateway.routing.ModelRoute.Refusal;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where requests go, and what they are when they arrive. */
class RoutingTrafficTest {
  private final TestGateway gateway = new TestGateway();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    gateway.close();
  }

  /** Answers with what it was asked. */
  private static void echo(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body -> {
              Map<String, Object> headers = new TreeMap<>();
              request
                  .headers()
                  .forEach(
                      e ->
                          headers.merge(
                              e.getKey().toLowerCase(), e.getValue(), (a, b) -> a + "|" + b));
              request
                  .response()
                  .putHeader("x-pod", "one")
                  .putHeader("connection", "x-hop")
                  .putHeader("x-hop", "1")
                  .end(
                      new JsonObject()
                          .put("method", request.method().name())
                          .put("uri", request.uri())
                          .put("body", body.toString())
                          .put("headers", new JsonObject(headers))
                          .toBuffer());
            });
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @ParameterizedTest
  @EnumSource
  void thePathNamesTheModel(HttpClient.Version version) throws Exception {
    gateway.route(gateway.pod(RoutingTrafficTest::echo));

    HttpResponse<String> answer =
        send(
            to("/vision/digits/v2/models/digits/infer?a=b%2Fc")
                .version(version)
                .header("x-forwarded-for", "1.2.3.4")
                .header("te", "trailers")
                .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .header("tracestate", "a=1")
                .POST(BodyPublishers.ofString("{}")));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("x-pod")).contains("one");
    assertThat(answer.headers().firstValue("x-hop")).isEmpty();
    JsonObject seen = new JsonObject(answer.body());
    assertThat(seen.getString("uri")).isEqualTo("/v2/models/digits/infer?a=b%2Fc");
    assertThat(seen.getString("body")).isEqualTo("{}");
    JsonObject headers = seen.getJsonObject("headers");
    String host = "127.0.0.1:" + gateway.port();
    assertThat(headers.getMap())
        .containsEntry("x-forwarded-for", "127.0.0.1")
        .containsEntry("x-forwarded-proto", "http")
        .containsEntry("x-forwarded-host", host)
        .containsEntry("x-forwarded-prefix", "/vision/digits")
        .containsEntry("host", host)
        .containsEntry("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        .containsEntry("tracestate", "a=1")
        .containsEntry("content-length", "2")
        .doesNotContainKeys("te", "upgrade", "http2-settings", "connection");
    assertThat(headers.getString("via")).endsWith(" modelyard");
  }

  @Test
  void theBodyNamesTheModel() throws Exception {
    gateway.route(gateway.pod(RoutingTrafficTest::echo));
    String small = "{\"messages\":[{\"model\":\"not/this\"}],\"model\":\"vision/digits\"}";
    String large =
        "{\"pad\":\"%s\",\"model\":\"vision/digits\",\"more\":\"%s\"}"
            .formatted("x".repeat(500_000), "y".repeat(3_000_000));

    for (String body : new String[] {small, large}) {
      HttpResponse<String> answer =
          send(to("/v1/chat/completions").POST(BodyPublishers.ofString(body)));

      assertThat(answer.statusCode()).isEqualTo(200);
      JsonObject seen = new JsonObject(answer.body());
      assertThat(seen.getString("uri")).isEqualTo("/v1/chat/completions");
      assertThat(seen.getString("body")).isEqualTo(body);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"input\":1}",
        "{\"model\":\"digits\"}",
        "{\"model\":7}",
        "[1]",
        "",
        "{\"model\":\"vision/none\"}"
      })
  void aBodyThatNamesNoModelIsAnswered404(String body) throws Exception {
    HttpResponse<String> answer = send(to("/v1/completions").POST(BodyPublishers.ofString(body)));

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(new JsonObject(answer.body()).getString("error")).contains("{namespace}/{name}");
  }

  @Test
  void aBodyThatIsNoJsonIsAnswered400() throws Exception {
    assertThat(send(to("/v1/completions").POST(BodyPublishers.ofString("{model}"))).statusCode())
        .isEqualTo(400);
  }

  @Test
  void theModelMustComeEarlyInTheBody() throws Exception {
    String late = "{\"pad\":\"" + "x".repeat(1_500_000) + "\",\"model\":\"vision/digits\"}";

    HttpResponse<String> answer = send(to("/v1/completions").POST(BodyPublishers.ofString(late)));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("put it first");
  }

  @Test
  void aHeaderNamesTheModel() throws Exception {
    gateway.route(gateway.pod(RoutingTrafficTest::echo));

    HttpResponse<String> answer = send(to("/any/path").header("modelyard-model", "vision/digits"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(new JsonObject(answer.body()).getString("uri")).isEqualTo("/any/path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/vision", "/vision/", "/vision/none/v2", "/v2"})
  void anUnknownModelIsAnswered404WithWhatToWrite(String path) throws Exception {
    HttpResponse<String> answer = send(to(path));

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(new JsonObject(answer.body()).getString("error")).contains("/{namespace}/{name}/");
  }

  @Test
  void aModelThatWillNotComeIsRefusedAtOnce() throws Exception {
    gateway.route(new Refusal("DigestMismatch", "the file is another one"));

    HttpResponse<String> answer = send(to("/vision/digits/v2"));

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("DigestMismatch: the file is another one");
    assertThat(gateway.held()).isZero();
  }

  @Test
  void theAnswerToHeadHasNoBodyAndItsLength() throws Exception {
    gateway.route(
        gateway.pod(request -> request.response().putHeader("content-length", "42").end()));

    HttpResponse<String> answer =
        send(to("/vision/digits/v2").method("HEAD", BodyPublishers.noBody()));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-length")).contains("42");
  }

  @Test
  void aBodyThatIsTooLargeIsAnswered413() throws Exception {
    try (TestGateway small =
        new TestGateway(
            TestGateway.settings(TestGateway.settings().hold(), TestGateway.limits(100_000)))) {
      small.route(small.pod(RoutingTrafficTest::echo));
      URI uri = URI.create("http://127.0.0.1:" + small.port() + "/vision/digits/v2");
      byte[] body = new byte[200_000];

      var declared =
          client.send(
              HttpRequest.newBuilder(uri).POST(BodyPublishers.ofByteArray(body)).build(),
              BodyHandlers.ofString());
      assertThat(declared.statusCode()).isEqualTo(413);

      var chunked =
          client.send(
              HttpRequest.newBuilder(uri)
                  .version(HttpClient.Version.HTTP_2)
                  .POST(BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(body)))
                  .build(),
              BodyHandlers.ofString());
      assertThat(chunked.statusCode()).isEqualTo(413);
    }
  }
}

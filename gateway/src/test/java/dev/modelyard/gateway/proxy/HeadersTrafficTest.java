package dev.modelyard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a pod is told of the client, and what it is not. */
class HeadersTrafficTest {
  private TestGateway gateway = new TestGateway();

  @AfterEach
  void stop() {
    gateway.close();
  }

  private void trusting() {
    gateway.close();
    gateway =
        new TestGateway(
            TestGateway.settings(
                TestGateway.settings().hold(), TestGateway.limits(1 << 20), true, false));
  }

  /** Answers with the headers that it got; several of one name with a bar between them. */
  private static void echo(HttpServerRequest request) {
    Map<String, Object> headers = new TreeMap<>();
    request
        .headers()
        .forEach(
            header ->
                headers.merge(
                    header.getKey().toLowerCase(), header.getValue(), (a, b) -> a + "|" + b));
    request.body().onSuccess(body -> request.response().end(new JsonObject(headers).toBuffer()));
  }

  private HttpClientRequest request(HttpVersion version) {
    HttpClient client =
        gateway.vertx.createHttpClient(
            new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false));
    return TestGateway.get(
        client.request(
            new RequestOptions()
                .setHost("127.0.0.1")
                .setPort(gateway.port())
                .setMethod(HttpMethod.POST)
                .setURI("/vision/digits/v2")));
  }

  private static Map<String, Object> seen(HttpClientRequest request) {
    Future<Buffer> body = TestGateway.bodyOf(request);
    request.send("{}");
    return TestGateway.get(body).toJsonObject().getMap();
  }

  private static HttpClientRequest forwarded(HttpClientRequest request) {
    request
        .headers()
        .add("x-forwarded-for", "203.0.113.7")
        .add("x-forwarded-for", "10.0.0.9")
        .add("x-forwarded-proto", "https")
        .add("x-forwarded-host", "models.example.org")
        .add("x-forwarded-prefix", "/ai")
        .add("forwarded", "for=203.0.113.7;proto=https")
        .add("via", "1.1 ingress");
    return request;
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void whatAClientSaysOfItselfIsNotBelieved(HttpVersion version) {
    gateway.route(gateway.pod(HeadersTrafficTest::echo));

    Map<String, Object> headers = seen(forwarded(request(version)));

    String host = "127.0.0.1:" + gateway.port();
    assertThat(headers)
        .containsEntry("x-forwarded-for", "127.0.0.1")
        .containsEntry("x-forwarded-proto", "http")
        .containsEntry("x-forwarded-host", host)
        .containsEntry("x-forwarded-prefix", "/vision/digits")
        .containsEntry("host", host)
        .containsEntry("via", "1.1 ingress|1.1 modelyard")
        .doesNotContainKey("forwarded");
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void whatAnIngressSaysIsContinued(HttpVersion version) {
    trusting();
    gateway.route(gateway.pod(HeadersTrafficTest::echo));

    Map<String, Object> headers = seen(forwarded(request(version)));

    assertThat(headers)
        .containsEntry("x-forwarded-for", "203.0.113.7, 10.0.0.9, 127.0.0.1")
        .containsEntry("x-forwarded-proto", "https")
        .containsEntry("x-forwarded-host", "models.example.org")
        .containsEntry("x-forwarded-prefix", "/ai/vision/digits")
        .containsEntry("forwarded", "for=203.0.113.7;proto=https|for=127.0.0.1;proto=http")
        .containsEntry("via", "1.1 ingress|1.1 modelyard");
  }

  @Test
  void anIngressThatSaysNothingLeavesItToTheGateway() {
    trusting();
    gateway.route(gateway.pod(HeadersTrafficTest::echo));

    assertThat(seen(request(HttpVersion.HTTP_1_1)))
        .containsEntry("x-forwarded-for", "127.0.0.1")
        .containsEntry("x-forwarded-proto", "http")
        .doesNotContainKey("forwarded");
  }

  @Test
  void whatConnectionNamesEndsHere() {
    gateway.route(gateway.pod(HeadersTrafficTest::echo));
    HttpClientRequest request = request(HttpVersion.HTTP_1_1);
    request
        .headers()
        .add("connection", "keep-alive, X-Private")
        .add("connection", "x-also")
        .add("x-private", "1")
        .add("X-Also", "1")
        .add("x-kept", "1")
        .add("keep-alive", "timeout=5")
        .add("proxy-connection", "keep-alive")
        .add("proxy-authorization", "Basic eA==")
        .add("te", "trailers");

    assertThat(seen(request))
        .containsEntry("x-kept", "1")
        .doesNotContainKeys(
            "connection",
            "x-private",
            "x-also",
            "keep-alive",
            "proxy-connection",
            "proxy-authorization",
            "te");
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void theContextOfATracePassesUnchanged(HttpVersion version) {
    gateway.route(gateway.pod(HeadersTrafficTest::echo));
    HttpClientRequest request = request(version);
    request
        .headers()
        .add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        .add("tracestate", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")
        .add("baggage", "user=alice;prop=1,tenant=%C3%A9");

    assertThat(seen(request))
        .containsEntry("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        .containsEntry("tracestate", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")
        .containsEntry("baggage", "user=alice;prop=1,tenant=%C3%A9");
    assertThat(seen(request(version))).doesNotContainKeys("traceparent", "tracestate", "baggage");
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void aClientThatExpectsToBeToldToGoOnIs(HttpVersion version) {
    gateway.route(gateway.pod(HeadersTrafficTest::echo));
    HttpClientRequest request = request(version);
    Promise<Void> goOn = Promise.promise();
    request
        .putHeader("expect", "100-continue")
        .putHeader("content-length", "2")
        .continueHandler(goOn::complete);

    Future<Buffer> body = TestGateway.bodyOf(request);
    request.sendHead();
    TestGateway.get(goOn.future());
    request.end("{}");

    JsonObject headers = TestGateway.get(body).toJsonObject();
    assertThat(headers.getMap()).containsEntry("content-length", "2").doesNotContainKey("expect");
  }

  @Test
  void aClientThatMayNotAskIsNotToldToGoOn() {
    HttpClientRequest request = request(HttpVersion.HTTP_1_1);
    boolean[] told = new boolean[1];
    request
        .putHeader("expect", "100-continue")
        .putHeader("content-length", Integer.toString(Integer.MAX_VALUE))
        .continueHandler(now -> told[0] = true);

    request.sendHead();

    assertThat(TestGateway.get(request.response()).statusCode()).isEqualTo(413);
    assertThat(told[0]).isFalse();
  }

  @Test
  void noOtherExpectationIsMet() {
    HttpClientRequest request = request(HttpVersion.HTTP_1_1);

    assertThat(TestGateway.get(request.putHeader("expect", "miracles").send("{}")).statusCode())
        .isEqualTo(417);
  }
}

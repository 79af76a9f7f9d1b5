package dev.modelyard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.gateway.config.GatewaySettings.Limits;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that take too long, are too many, or say too much. */
class LimitsTrafficTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(500);
  private static final Duration LONG = Duration.ofHours(1);
  private static final String CONNECTIONS = "modelyard.gateway.connections";
  private static final String ASK = "GET /vision/digits/v2 HTTP/1.1\r\nhost: a\r\n\r\n";

  private final List<Wire> wires = new ArrayList<>();
  private TestGateway gateway;

  private void start(int maxConnections, int maxRequests, Duration idle, Duration body) {
    gateway =
        new TestGateway(
            TestGateway.settings(
                TestGateway.settings().hold(),
                new Limits(
                    maxConnections,
                    maxRequests,
                    100_000,
                    1 << 10,
                    1 << 16,
                    1 << 13,
                    1 << 11,
                    idle,
                    body)));
  }

  @AfterEach
  void stop() {
    wires.forEach(Wire::close);
    gateway.close();
  }

  private Wire wire() {
    Wire wire = new Wire(gateway.port());
    wires.add(wire);
    return wire;
  }

  private HttpClientRequest request(HttpVersion version, HttpMethod method, String uri) {
    HttpClient client =
        gateway.vertx.createHttpClient(
            new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false));
    return TestGateway.get(
        client.request(
            new RequestOptions()
                .setHost("127.0.0.1")
                .setPort(gateway.port())
                .setMethod(method)
                .setURI(uri)));
  }

  private void closed(Wire wire) {
    await().atMost(PATIENCE).until(wire::isClosed);
  }

  private void connections(int expected) {
    await().atMost(PATIENCE).until(() -> gateway.gauge(CONNECTIONS) == expected);
  }

  @Test
  void aConnectionThatSaysNothingIsClosed() {
    start(100, 100, SHORT, LONG);

    closed(wire());

    connections(0);
  }

  @ParameterizedTest
  @CsvSource({"GET /vision/digits/v2 HTTP/1.1", "PRI * HTTP/2.0", "PO"})
  void aHeadThatComesByteByByteIsCutOff(String line) {
    start(100, 100, SHORT, LONG);
    Wire slow = wire().say(line.length() < 10 ? line : line.substring(0, 8));

    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              if (line.length() > 10 && line.startsWith("GET")) {
                slow.say("x");
              }
              return slow.isClosed();
            });

    assertThat(slow.heard()).isEmpty();
    connections(0);
  }

  @Test
  void soIsTheHeadOfALaterRequest() {
    start(100, 100, SHORT, LONG);
    gateway.route(gateway.pod(request -> request.response().end("ok")));
    Wire slow = wire().say(ASK);
    await().atMost(PATIENCE).until(() -> slow.heard().endsWith("ok"));

    slow.say("GET /");
    await().atMost(PATIENCE).until(() -> slow.say("x").isClosed());

    assertThat(slow.heard()).endsWith("ok");
    connections(0);
  }

  @Test
  void anIdleConnectionOfHttp2IsClosed() {
    start(100, 100, SHORT, LONG);
    gateway.route(gateway.pod(request -> request.response().end("ok")));
    AtomicBoolean closed = new AtomicBoolean();
    HttpClientRequest request = request(HttpVersion.HTTP_2, HttpMethod.GET, "/vision/digits/v2");
    request.connection().closeHandler(end -> closed.set(true));

    assertThat(TestGateway.get(request.send()).statusCode()).isEqualTo(200);

    await().atMost(PATIENCE).untilTrue(closed);
    connections(0);
  }

  @Test
  void aConnectionWithARequestThatIsHeldIsNotIdle() {
    start(100, 100, SHORT, SHORT);
    gateway.route();
    Wire waits = wire().say(ASK);
    await().atMost(PATIENCE).until(() -> gateway.held() == 1);
    Wire other = wire();
    closed(other);

    gateway.route(gateway.pod(request -> request.response().end("ok")));

    await().atMost(PATIENCE).until(() -> waits.heard().endsWith("ok"));
  }

  @ParameterizedTest
  @CsvSource({"/vision/digits/v2, 10, {", "/v1/completions, 90000, '{\"a\":1,'"})
  void aBodyThatStopsIsAnswered408(String path, int length, String begins) {
    start(100, 100, LONG, SHORT);
    gateway.route(gateway.pod(request -> request.response().end("ok")));

    Wire slow =
        wire()
            .say("POST " + path + " HTTP/1.1\r\nhost: a\r\ncontent-length: " + length + "\r\n\r\n")
            .say(begins);

    await().atMost(PATIENCE).until(() -> slow.heard().startsWith("HTTP/1.1 408 "));
    assertThat(gateway.traffic.underWay()).isZero();
    if (length > 1 << 10) {
      // What is still to come is nobody's to read.
      closed(slow);
    }
  }

  @Test
  void aBodyThatStopsOnItsWayToAPodFreesThePod() {
    start(100, 100, LONG, LONG);
    gateway.requestTimeout = SHORT;
    AtomicBoolean cancelled = new AtomicBoolean();
    gateway.route(
        gateway.pod(request -> request.response().closeHandler(closed -> cancelled.set(true))));

    Wire slow =
        wire().say("POST /vision/digits/v2 HTTP/1.1\r\nhost: a\r\ncontent-length: 90000\r\n\r\n{");

    closed(slow);
    assertThat(slow.heard()).startsWith("HTTP/1.1 504 ");
    await().atMost(PATIENCE).untilTrue(cancelled);
  }

  @Test
  void oneConnectionTooManyIsClosed() {
    start(3, 100, LONG, LONG);
    gateway.route(gateway.pod(request -> request.response().end("ok")));
    // One that has said nothing counts, too.
    List<Wire> taken = List.of(wire().say(ASK), wire().say(ASK), wire());
    await().atMost(PATIENCE).until(() -> taken.get(1).heard().endsWith("ok"));
    connections(3);

    Wire silent = wire();
    closed(silent);
    Wire over = wire().say(ASK);
    closed(over);

    assertThat(over.heard()).isEmpty();
    assertThat(taken).noneMatch(Wire::isClosed);
    taken.get(0).close();
    connections(2);
    Wire next = wire().say(ASK);
    await().atMost(PATIENCE).until(() -> next.heard().endsWith("ok"));
  }

  @Test
  void anUpgradedConnectionCountsOnce() throws Exception {
    start(100, 100, SHORT, LONG);
    gateway.route(gateway.pod(request -> request.response().end("ok")));
    var client = java.net.http.HttpClient.newHttpClient();
    var answer =
        client.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + gateway.port() + "/vision/digits/v2"))
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.version()).isEqualTo(java.net.http.HttpClient.Version.HTTP_2);
    assertThat(answer.statusCode()).isEqualTo(200);

    // With its request over it is idle like any other, and was counted once.
    connections(0);
  }

  @Test
  void oneRequestTooManyIsAnswered503() {
    start(100, 2, LONG, LONG);
    gateway.route();
    List<Wire> held = List.of(wire().say(ASK), wire().say(ASK));
    await().atMost(PATIENCE).until(() -> gateway.held() == 2);

    for (HttpVersion version : new HttpVersion[] {HttpVersion.HTTP_1_1, HttpVersion.HTTP_2}) {
      HttpClientResponse over =
          TestGateway.get(request(version, HttpMethod.GET, "/vision/digits/v2").send());

      assertThat(over.statusCode()).isEqualTo(503);
      assertThat(over.getHeader("retry-after")).isEqualTo("1");
    }
    gateway.route(gateway.pod(request -> request.response().end("ok")));
    await().atMost(PATIENCE).until(() -> held.stream().allMatch(w -> w.heard().endsWith("ok")));
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1_1", "HTTP_2"})
  void aTargetThatIsTooLongIsAnswered414(HttpVersion version) {
    start(100, 100, LONG, LONG);
    gateway.route(gateway.pod(request -> request.response().end("ok")));

    HttpClientRequest request =
        request(version, HttpMethod.GET, "/vision/digits/" + "x".repeat(3000));

    assertThat(TestGateway.get(request.send()).statusCode()).isEqualTo(414);
  }

  @Test
  void headersThatAreTooLargeAreAnswered431() {
    start(100, 100, LONG, LONG);
    gateway.route(gateway.pod(request -> request.response().end("ok")));

    HttpClientRequest request = request(HttpVersion.HTTP_1_1, HttpMethod.GET, "/vision/digits/v2");
    request.putHeader("x-large", "y".repeat(10_000));
    assertThat(TestGateway.get(request.send()).statusCode()).isEqualTo(431);

    // Over HTTP/2 a client is told how much it may say.
    HttpClientRequest told = request(HttpVersion.HTTP_2, HttpMethod.GET, "/vision/digits/v2");
    assertThat(TestGateway.get(told.send()).statusCode()).isEqualTo(200);
    assertThat(told.connection().remoteSettings().getMaxHeaderListSize()).isEqualTo(1 << 13);
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1_1", "HTTP_2"})
  void aBodyThatIsTooLargeIsAnswered413(HttpVersion version) {
    start(100, 100, LONG, LONG);
    gateway.route(gateway.pod(request -> request.handler(part -> {})));

    HttpClientRequest declared = request(version, HttpMethod.POST, "/vision/digits/v2");
    declared.putHeader("content-length", "100001").sendHead();
    assertThat(TestGateway.get(declared.response()).statusCode()).isEqualTo(413);

    HttpClientRequest chunked = request(version, HttpMethod.POST, "/vision/digits/v2");
    chunked.setChunked(true).write("x".repeat(100_001));
    assertThat(TestGateway.get(chunked.response()).statusCode()).isEqualTo(413);
    await().atMost(PATIENCE).until(() -> gateway.traffic.underWay() == 0);
  }
}

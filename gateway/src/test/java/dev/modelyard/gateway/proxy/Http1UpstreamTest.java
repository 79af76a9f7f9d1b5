package dev.modelyard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.gateway.routing.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes between gateway and pod, with pods that say whatever is wanted of them. */
class Http1UpstreamTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

  private final TestGateway gateway = new TestGateway();
  private final HttpClient http = gateway.vertx.createHttpClient();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void stop() {
    gateway.close();
  }

  /** What a pod does when a head, or the rest of a body, has come. */
  private interface Script {
    void says(NetSocket socket, String asked);
  }

  private void pod(Script script) {
    NetServer server =
        gateway
            .vertx
            .createNetServer(new NetServerOptions().setHost("127.0.0.1").setPort(0))
            .connectHandler(
                socket -> {
                  connections.incrementAndGet();
                  socket.closeHandler(end -> closed.incrementAndGet());
                  socket.handler(
                      bytes -> {
                        asked.add(bytes.toString());
                        script.says(socket, bytes.toString());
                      });
                });
    TestGateway.get(server.listen());
    gateway.route(null, new Endpoint("127.0.0.1", server.actualPort()));
  }

  private HttpClientRequest request(HttpMethod method) {
    return TestGateway.get(
        http.request(
            new RequestOptions()
                .setHost("127.0.0.1")
                .setPort(gateway.port())
                .setMethod(method)
                .setURI("/vision/digits/v2?a=b")));
  }

  private HttpClientResponse answer;

  private String ask(HttpMethod method) {
    HttpClientRequest request = request(method);
    Future<Buffer> body = TestGateway.bodyOf(request);
    answer =
        TestGateway.get(
            request.send(method == HttpMethod.POST ? Buffer.buffer("body") : Buffer.buffer()));
    return TestGateway.get(body).toString();
  }

  @Test
  void theRequestIsWrittenAsItIsAndItsConnectionKept() {
    pod((socket, asked) -> socket.write(OK));

    for (int i = 0; i < 10; i++) {
      assertThat(ask(HttpMethod.POST)).isEqualTo("ok");
    }

    assertThat(connections).hasValue(1);
    assertThat(asked).hasSize(10);
    assertThat(asked.get(9))
        .startsWith("POST /v2?a=b HTTP/1.1\r\n")
        .containsOnlyOnce("content-length: 4\r\n")
        .contains("host: 127.0.0.1:" + gateway.port() + "\r\n")
        .endsWith("\r\n\r\nbody")
        .doesNotContain("transfer-encoding");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok\r\nHTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil"
      })
  void aConnectionThatIsToEndOrSaysMoreThanItWasAskedIsNotKept(String answered) {
    pod((socket, asked) -> socket.write(answered));

    for (int i = 1; i <= 5; i++) {
      assertThat(ask(HttpMethod.POST)).isEqualTo("ok");
      int count = i;
      await().atMost(PATIENCE).until(() -> closed.get() == count);
    }

    assertThat(connections).hasValue(5);
  }

  @Test
  void whatIsSaidUnaskedEndsAConnection() {
    NetSocket[] at = new NetSocket[1];
    pod(
        (socket, asked) -> {
          at[0] = socket;
          socket.write(OK);
        });
    assertThat(ask(HttpMethod.POST)).isEqualTo("ok");

    at[0].write("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil");

    await().atMost(PATIENCE).until(() -> closed.get() == 1);
    assertThat(ask(HttpMethod.POST)).isEqualTo("ok");
    assertThat(connections).hasValue(2);
  }

  @Test
  void answersThatGoBeforeTheAnswerAreSkipped() {
    pod(
        (socket, asked) ->
            socket.write(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n" + OK));

    assertThat(ask(HttpMethod.POST)).isEqualTo("ok");
    assertThat(ask(HttpMethod.POST)).isEqualTo("ok");

    assertThat(answer.getHeader("link")).isNull();
    assertThat(connections).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "220 smtp.example.org ESMTP\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nraw",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok",
        "HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx: a\u0000b\r\n\r\nok"
      })
  void whatIsNoAnswerIs502(String said) {
    pod((socket, asked) -> socket.write(said));

    ask(HttpMethod.POST);

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(asked).hasSize(1);
    await().atMost(PATIENCE).until(() -> closed.get() == 1);
  }

  @Test
  void aHeadWithoutEndIs502() {
    String line = "x: " + "y".repeat(1000) + "\r\n";
    pod((socket, asked) -> socket.write("HTTP/1.1 200 OK\r\n" + line.repeat(40)));

    ask(HttpMethod.POST);

    assertThat(answer.statusCode()).isEqualTo(502);
  }

  @Test
  void anAnswerThatEndsWithItsConnectionIsWhole() {
    pod((socket, asked) -> socket.end(Buffer.buffer("HTTP/1.1 200 OK\r\n\r\nall there is")));

    assertThat(ask(HttpMethod.POST)).isEqualTo("all there is");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\nno chunk\r\n"
      })
  void anAnswerThatBreaksOffIsNotTakenForAWholeOne(String half) {
    pod((socket, asked) -> socket.end(Buffer.buffer(half)));

    HttpClientRequest request = request(HttpMethod.POST);
    Future<Buffer> body = TestGateway.bodyOf(request).otherwiseEmpty();
    request.send("body");

    await().atMost(PATIENCE).until(body::isComplete);
    assertThat(body.result()).isNull();
    await().atMost(PATIENCE).until(() -> gateway.answered("5xx") == 1);
  }

  @Test
  void anAnswerToHeadHasNoBodyWhateverItsLength() {
    pod(
        (socket, asked) ->
            socket.write(
                asked.startsWith("HEAD") ? "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n" : OK));

    assertThat(ask(HttpMethod.HEAD)).isEmpty();
    assertThat(answer.getHeader("content-length")).isEqualTo("7");
    assertThat(ask(HttpMethod.POST)).isEqualTo("ok");
    assertThat(connections).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void anAnswerWithoutABodyLeavesTheConnection(int status) {
    pod((socket, asked) -> socket.write("HTTP/1.1 " + status + " Nothing\r\n\r\n"));

    assertThat(ask(HttpMethod.POST)).isEmpty();
    assertThat(ask(HttpMethod.POST)).isEmpty();

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(connections).hasValue(1);
  }

  @Test
  void trailersPass() {
    pod(
        (socket, asked) ->
            socket.write(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
                    + "2\r\nok\r\n0\r\nchecksum: 1\r\n\r\n"));

    assertThat(ask(HttpMethod.POST)).isEqualTo("ok");

    assertThat(answer.getTrailer("checksum")).isEqualTo("1");
  }

  @Test
  void anAnswerBeforeTheBodyWasSentEndsTheConnection() {
    pod(
        (socket, asked) -> {
          if (asked.startsWith("POST")) {
            socket.write("HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\n\r\nbig");
          }
        });
    HttpClientRequest upload = request(HttpMethod.POST);
    upload.setChunked(true).write("a part");

    HttpClientResponse early = TestGateway.get(upload.response());

    assertThat(early.statusCode()).isEqualTo(413);
    await().atMost(PATIENCE).until(() -> closed.get() == 1);
    await().atMost(PATIENCE).until(() -> gateway.traffic.underWay() == 0);
  }

  @Test
  void aBodyOfUnknownLengthGoesInChunks() {
    AtomicBoolean whole = new AtomicBoolean();
    StringBuilder all = new StringBuilder();
    pod(
        (socket, asked) -> {
          all.append(asked);
          if (all.toString().endsWith("\r\n0\r\n\r\n")) {
            whole.set(true);
            socket.write(OK);
          }
        });
    HttpClientRequest upload = request(HttpMethod.POST);
    upload.setChunked(true).write("0123456789abcdef");
    upload.end("end");

    assertThat(TestGateway.get(upload.response()).statusCode()).isEqualTo(200);

    assertThat(whole).isTrue();
    assertThat(all.toString())
        .containsOnlyOnce("transfer-encoding: chunked\r\n")
        .doesNotContain("content-length")
        .contains("\r\n10\r\n0123456789abcdef\r\n3\r\nend\r\n0\r\n\r\n");
  }

  @Test
  void aKeptConnectionThatThePodClosedIsNotUsed() {
    NetSocket[] at = new NetSocket[1];
    pod(
        (socket, asked) -> {
          at[0] = socket;
          socket.write(OK);
        });
    assertThat(ask(HttpMethod.POST)).isEqualTo("ok");

    TestGateway.get(at[0].close());

    // The gateway learns of it a moment later.
    await().atMost(PATIENCE).until(() -> closed.get() == 1);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(ask(HttpMethod.GET)).isEqualTo("ok");
              assertThat(connections.get()).isGreaterThan(1);
            });
  }
}

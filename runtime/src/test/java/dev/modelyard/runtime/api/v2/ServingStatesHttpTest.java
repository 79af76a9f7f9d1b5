package dev.modelyard.runtime.api.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.runtime.config.BatchingMode;
import dev.modelyard.runtime.inference.ServingOptions;
import dev.modelyard.runtime.inference.TestModels;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that depend on where the server is in its life, and on how busy it is. */
@Timeout(60)
class ServingStatesHttpTest {
  private static final String ROW =
      "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[%s]}]}";

  /** Requests wait in the queue for a fuller batch, for as long as a test likes. */
  private static ServingOptions waiting(int queue, Duration timeout) {
    return new ServingOptions(
        BatchingMode.Declared, 32, Duration.ofMinutes(5), queue, 1 << 20, timeout, 1);
  }

  private static CompletableFuture<HttpResponse<String>> inBackground(TestServer server) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return server.infer(ROW.formatted("1,1"));
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void isNotReadyBeforeTheModelIs() throws Exception {
    try (TestServer server = new TestServer(TestModels.OPTIONS)) {
      assertThat(server.get("/v2/health/live").statusCode()).isEqualTo(200);
      assertThat(server.get("/v2").statusCode()).isEqualTo(200);
      for (String path : new String[] {"/v2/health/ready", "/v2/models/digits/ready"}) {
        HttpResponse<String> ready = server.get(path);
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body()).contains("\"ready\":false");
      }
      for (HttpResponse<String> response :
          new HttpResponse[] {server.infer(ROW), server.get("/v2/models/digits")}) {
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).contains("\"error\":\"the model is not ready yet");
        assertThat(response.headers().firstValue("retry-after")).hasValue("5");
      }
    }
  }

  @Test
  void asksClientsToLeaveWhileItCloses() throws Exception {
    try (TestServer server = TestServer.serving("sqrt")) {
      server.service.closing();
      HttpResponse<String> response = server.infer(ROW.formatted("4,9"));
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).contains("\"data\":[2.0,3.0]");
      assertThat(response.headers().firstValue("connection")).hasValue("close");
      HttpResponse<String> ready = server.get("/v2/health/ready");
      assertThat(ready.headers().firstValue("connection")).hasValue("close");
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(server.get("/v2/models/digits/ready").statusCode()).isEqualTo(503);
      try (Socket socket = new Socket("127.0.0.1", server.port())) {
        socket.setSoTimeout(20_000);
        socket
            .getOutputStream()
            .write("GET /v2 HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] untilTheServerCloses = socket.getInputStream().readAllBytes();
        assertThat(new String(untilTheServerCloses, StandardCharsets.US_ASCII))
            .contains("connection: close");
      }
    }
  }

  /** HTTP/2 has no such header: the connection says that it goes away. */
  @Test
  void closesHttp2ConnectionsWhileItCloses() throws Exception {
    try (TestServer server = TestServer.serving("sqrt")) {
      HttpClient client =
          server.vertx.createHttpClient(
              new HttpClientOptions()
                  .setProtocolVersion(HttpVersion.HTTP_2)
                  .setHttp2ClearTextUpgrade(false));
      CompletableFuture<Void> closed = new CompletableFuture<>();
      server.service.closing();
      int status =
          client
              .request(HttpMethod.POST, server.port(), "127.0.0.1", "/v2/models/digits/infer")
              .compose(
                  request -> {
                    request.connection().closeHandler(end -> closed.complete(null));
                    return request.send(ROW.formatted("4,9"));
                  })
              .map(HttpClientResponse::statusCode)
              .toCompletionStage()
              .toCompletableFuture()
              .get(20, TimeUnit.SECONDS);
      assertThat(status).isEqualTo(200);
      closed.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void answersWhatWaitsAndRefusesWhatComesWhileItDrains() throws Exception {
    try (TestServer server = TestServer.serving("sqrt", waiting(10, Duration.ofSeconds(30)))) {
      CompletableFuture<HttpResponse<String>> waiting = inBackground(server);
      await().until(() -> server.service.load().queued() == 1);
      assertThat(server.service.drain(Duration.ofSeconds(20))).isTrue();
      assertThat(waiting.join().statusCode()).isEqualTo(200);
      HttpResponse<String> late = server.infer(ROW.formatted("1,1"));
      assertThat(late.statusCode()).isEqualTo(503);
      assertThat(late.body()).contains("shutting down");
      assertThat(late.headers().firstValue("retry-after")).hasValue("1");
    }
  }

  @Test
  void refusesWhenTheQueueIsFull() throws Exception {
    try (TestServer server = TestServer.serving("sqrt", waiting(1, Duration.ofMinutes(5)))) {
      CompletableFuture<HttpResponse<String>> waiting = inBackground(server);
      await().until(() -> server.service.load().queued() == 1);
      HttpResponse<String> refused = server.infer(ROW.formatted("1,1"));
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.body()).contains("the queue is full: 1 requests wait already");
      assertThat(refused.headers().firstValueAsLong("retry-after").orElseThrow()).isPositive();
      assertThat(server.service.drain(Duration.ofSeconds(20))).isTrue();
      assertThat(waiting.join().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void answersInTimeWhatIsNotComputed() throws Exception {
    try (TestServer server = TestServer.serving("sqrt", waiting(1, Duration.ofMillis(200)))) {
      HttpResponse<String> response = server.infer(ROW.formatted("1,1"));
      assertThat(response.statusCode()).isEqualTo(504);
      assertThat(response.body()).contains("200 ms");
      assertThat(server.service.load().queued()).isZero();
    }
  }

  @Test
  void aClientThatLeavesIsNotComputed() throws Exception {
    try (TestServer server = TestServer.serving("sqrt", waiting(10, Duration.ofSeconds(30)))) {
      byte[] body = ROW.formatted("1,1").getBytes(StandardCharsets.UTF_8);
      try (Socket socket = new Socket("127.0.0.1", server.port())) {
        OutputStream out = socket.getOutputStream();
        out.write(
            "POST /v2/models/digits/infer HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
                .formatted(body.length)
                .getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        await().until(() -> server.service.load().queued() == 1);
      }
      await().until(() -> server.service.load().queued() == 0);
      assertThat(server.service.load().completed()).isZero();
      await()
          .untilAsserted(
              () ->
                  assertThat(
                          server
                              .registry
                              .get("modelyard.request.duration")
                              .tag("code", "499")
                              .timer()
                              .count())
                      .isEqualTo(1));
      assertThat(server.service.drain(Duration.ofSeconds(20))).isTrue();
      assertThat(server.protocol.memoryInUse()).isZero();
    }
  }

  @Test
  void aBodyThatIsRefusedCostsNoOtherRequestOfItsHttp2Connection() throws Exception {
    try (TestServer server = TestServer.serving("sqrt", waiting(10, Duration.ofSeconds(50)))) {
      HttpClient client =
          server.vertx.createHttpClient(
              new HttpClientOptions()
                  .setProtocolVersion(HttpVersion.HTTP_2)
                  .setHttp2ClearTextUpgrade(false)
                  .setHttp2MaxPoolSize(1));
      CompletableFuture<Integer> waiting =
          client
              .request(HttpMethod.POST, server.port(), "127.0.0.1", "/v2/models/digits/infer")
              .compose(request -> request.send(ROW.formatted("4,9")))
              .map(HttpClientResponse::statusCode)
              .toCompletionStage()
              .toCompletableFuture();
      await().until(() -> server.service.load().queued() == 1);
      CompletableFuture<Void> given = new CompletableFuture<>();
      client
          .request(HttpMethod.POST, server.port(), "127.0.0.1", "/v2/models/digits/infer")
          .onSuccess(
              request -> {
                request.putHeader("Content-Length", "100000000");
                request.exceptionHandler(reset -> given.complete(null));
                request.write("{");
              });
      given.get(30, TimeUnit.SECONDS);
      assertThat(waiting).isNotDone();
      assertThat(server.service.drain(Duration.ofSeconds(20))).isTrue();
      assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1_000_000})
  void aBodyThatNeverEndsIsGivenUp(int length) throws Exception {
    ServingOptions options =
        new ServingOptions(
            BatchingMode.Declared, 32, Duration.ZERO, 10, 1 << 20, Duration.ofMillis(200), 1);
    try (TestServer server = TestServer.serving("sqrt", options);
        Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              ("POST /v2/models/digits/infer HTTP/1.1\r\nHost: x\r\n"
                      + "Content-Length: %d\r\nExpect: 100-continue\r\n\r\n")
                  .formatted(length)
                  .getBytes(StandardCharsets.US_ASCII));
      byte[] answer = new byte[4096];
      StringBuilder text = new StringBuilder();
      while (!text.toString().contains("did not arrive")) {
        int read = socket.getInputStream().read(answer);
        assertThat(read).isPositive();
        text.append(new String(answer, 0, read, StandardCharsets.US_ASCII));
      }
      assertThat(text).startsWith("HTTP/1.1 100 Continue").contains("HTTP/1.1 504");
      assertThat(server.protocol.memoryInUse()).isZero();
    }
  }

  @Test
  void takesNoMemoryForWhatIsOnlyAnnounced() throws Exception {
    try (TestServer server = TestServer.serving("sqrt");
        Socket socket = new Socket("127.0.0.1", server.port())) {
      socket
          .getOutputStream()
          .write(
              "POST /v2/models/digits/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 65536\r\n\r\n{"
                  .getBytes(StandardCharsets.US_ASCII));
      await().until(() -> server.protocol.memoryInUse() > 0);
      assertThat(server.protocol.memoryInUse()).isLessThan(1024);
    }
  }

  private static String post(String body) {
    return "POST /v2/models/digits/infer HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(body.length(), body);
  }

  /** Or requests and answers would pile up in memory, without end. */
  @ParameterizedTest
  @ValueSource(strings = {"GET /v2 HTTP/1.1\r\nHost: x\r\n\r\n", "infer"})
  void readsNoMoreFromAClientThatDoesNotReadItsAnswers(String kind) throws Exception {
    String request = kind.equals("infer") ? post(ROW.formatted("4,9")) : kind;
    try (TestServer server = TestServer.serving("sqrt");
        SocketChannel client = SocketChannel.open()) {
      client.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 16);
      client.connect(new InetSocketAddress("127.0.0.1", server.port()));
      client.configureBlocking(false);
      byte[] requests = request.repeat(1000).getBytes(StandardCharsets.US_ASCII);
      long sent = 0;
      int pauses = 0;
      while (pauses < 20 && sent < 100 << 20) {
        ByteBuffer more = ByteBuffer.wrap(requests);
        more.position((int) (sent % requests.length));
        int written = client.write(more);
        sent += written;
        pauses = written > 0 ? 0 : pauses + 1;
        Thread.sleep(written > 0 ? 0 : 100);
      }
      assertThat(sent).isLessThan(50 << 20);
      long whole = sent / request.length();
      client.configureBlocking(true);
      ByteBuffer answers = ByteBuffer.allocate(1 << 16);
      // HTTP/1.1 and application/json.
      long heads = 0;
      while (heads < 2 * whole) {
        answers.clear();
        assertThat(client.read(answers)).isPositive();
        for (int i = 0; i < answers.position(); i++) {
          heads += answers.get(i) == '/' ? 1 : 0;
        }
      }
    }
  }

  @Test
  void answersPipelinedRequestsInTheirOrder() throws Exception {
    try (TestServer server = TestServer.serving("sqrt");
        Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(20_000);
      StringBuilder requests = new StringBuilder();
      StringBuilder expected = new StringBuilder();
      for (int i = 0; i < 500; i++) {
        requests.append(post(ROW.replace("[%s]", "[" + i * i + ",1]")));
        expected.append("\"data\":[").append(i).append(".0,1.0]");
      }
      socket.getOutputStream().write(requests.toString().getBytes(StandardCharsets.US_ASCII));
      StringBuilder got = new StringBuilder();
      byte[] some = new byte[1 << 16];
      while (!got.toString().endsWith("\"data\":[499.0,1.0]}]}")) {
        int read = socket.getInputStream().read(some);
        assertThat(read).isPositive();
        got.append(new String(some, 0, read, StandardCharsets.US_ASCII));
      }
      String data = got.toString().replaceAll("(?s).*?(\"data\":\\[[^]]*\\])", "$1");
      assertThat(data).startsWith(expected);
    }
  }

  @Test
  void givesNullForWhatIsNoNumber() throws Exception {
    try (TestServer server = TestServer.serving("sqrt")) {
      HttpResponse<String> response = server.infer(ROW.formatted("1,-1"));
      assertThat(response.body()).contains("\"data\":[1.0,null]");
      assertThat(response.statusCode()).isEqualTo(200);
    }
  }

  @Test
  void saysThatJsonCannotWriteWhatTheModelGave() throws Exception {
    String json =
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,2],"
            + "\"parameters\":{\"binary_data_size\":8}}]}";
    // 1 and minus infinity, which no JSON can send.
    byte[] body = (json + "\0\0\u0080\u003f\0\0\u0080\u00ff").getBytes(StandardCharsets.ISO_8859_1);
    try (TestServer server = TestServer.serving("identity_fp32")) {
      HttpResponse<String> response =
          server.send(
              server
                  .request("/v2/models/digits/infer")
                  .header("Inference-Header-Content-Length", Integer.toString(json.length()))
                  .POST(BodyPublishers.ofByteArray(body))
                  .build());
      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(response.body())
          .contains("output 'y' of shape [1, 2] has -Infinity at element 1")
          .contains("binary_data");
    }
  }

  @Test
  void blamesTheInputWhereTheEngineDoes() throws Exception {
    try (TestServer server = TestServer.serving("gather")) {
      HttpResponse<String> response =
          server.infer(
              "{\"inputs\":[{\"name\":\"index\",\"datatype\":\"INT64\",\"shape\":[1],"
                  + "\"data\":[10]}]}");
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(response.body()).contains("the model failed").contains("out of data bounds");
    }
  }
}

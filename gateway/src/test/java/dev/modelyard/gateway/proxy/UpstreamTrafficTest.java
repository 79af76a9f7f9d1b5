package dev.modelyard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What passes between client and pod, and what happens where one of them fails. */
class UpstreamTrafficTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Buffer PART = Buffer.buffer(new byte[16 * 1024]);

  private final TestGateway gateway = new TestGateway();
  private final HttpClient http1 = gateway.vertx.createHttpClient();
  private final HttpClient http2 =
      gateway.vertx.createHttpClient(
          new HttpClientOptions()
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setHttp2ClearTextUpgrade(false));

  @AfterEach
  void stop() {
    gateway.close();
  }

  private RequestOptions options(HttpMethod method) {
    return new RequestOptions()
        .setHost("127.0.0.1")
        .setPort(gateway.port())
        .setMethod(method)
        .setURI("/vision/digits/v2");
  }

  private HttpClientResponse send(HttpMethod method) {
    return TestGateway.get(http1.request(options(method)).compose(HttpClientRequest::send));
  }

  @Test
  void grpcPassesBothWaysAtOnceWithItsTrailers() {
    gateway.route(
        gateway.pod(
            request -> {
              assertThat(request.version()).isEqualTo(HttpVersion.HTTP_2);
              assertThat(request.getHeader("te")).isEqualTo("trailers");
              request.response().putHeader("content-type", "application/grpc").setChunked(true);
              request.handler(part -> request.response().write(part));
              request.endHandler(
                  end ->
                      request
                          .response()
                          .putTrailer("grpc-status", "0")
                          .putTrailer("grpc-message", request.path())
                          .end());
            }));
    HttpClientRequest call =
        TestGateway.get(
            http2.request(
                options(HttpMethod.POST).setURI("/inference.GRPCInferenceService/ModelInfer")));
    call.putHeader("content-type", "application/grpc")
        .putHeader("te", "trailers")
        .putHeader("modelyard-model", "vision/digits")
        .setChunked(true);
    call.write("one");
    Buffer received = Buffer.buffer();
    AtomicBoolean ended = new AtomicBoolean();
    HttpClientResponse answer =
        TestGateway.get(
            call.response()
                .onSuccess(
                    response -> {
                      response.handler(received::appendBuffer);
                      response.endHandler(end -> ended.set(true));
                    }));
    // The client goes on once it has an answer to what it said.
    await().atMost(PATIENCE).until(() -> received.toString().equals("one"));
    call.end("two");
    await().atMost(PATIENCE).untilTrue(ended);

    assertThat(received.toString()).isEqualTo("onetwo");
    MultiMap trailers = answer.trailers();
    assertThat(trailers.get("grpc-status")).isEqualTo("0");
    assertThat(trailers.get("grpc-message"))
        .isEqualTo("/inference.GRPCInferenceService/ModelInfer");
  }

  @Test
  void aGrpcClientIsToldOfProblemsItsWay() {
    HttpClientResponse answer =
        TestGateway.get(
            http2
                .request(options(HttpMethod.POST).setURI("/some.Service/Call"))
                .compose(
                    call ->
                        call.putHeader("content-type", "application/grpc+proto")
                            .putHeader("modelyard-model", "vision/none")
                            .send("x")));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.getHeader("grpc-status")).isEqualTo("12");
    assertThat(answer.getHeader("grpc-message")).contains("there is no model vision/none");
  }

  @Test
  void aSlowReaderSlowsThePodAndNotTheMemory() {
    AtomicLong written = new AtomicLong();
    gateway.route(
        gateway.pod(
            request -> {
              request.response().setChunked(true);
              pump(request, written, 4000);
            }));
    for (HttpClient client : new HttpClient[] {http1, http2}) {
      written.set(0);
      AtomicLong read = new AtomicLong();
      AtomicBoolean ended = new AtomicBoolean();
      HttpClientResponse answer =
          TestGateway.get(
              client
                  .request(options(HttpMethod.GET))
                  .compose(HttpClientRequest::send)
                  .onSuccess(
                      response -> {
                        response.pause();
                        response.handler(part -> read.addAndGet(part.length()));
                        response.endHandler(end -> ended.set(true));
                      }));
      // Nothing is read: what the pod could write is in the sockets' buffers, and it stops.
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                long before = written.get();
                Thread.sleep(300);
                return before > 0 && written.get() == before;
              });
      assertThat(written.get()).isLessThan(4000L * PART.length() / 2);

      answer.resume();

      await().atMost(PATIENCE).untilTrue(ended);
      assertThat(read.get()).isEqualTo(4000L * PART.length());
    }
  }

  private static void pump(HttpServerRequest request, AtomicLong written, int parts) {
    int left = parts - (int) (written.get() / PART.length());
    for (int i = 0; i < left; i++) {
      if (request.response().writeQueueFull()) {
        request.response().drainHandler(drained -> pump(request, written, parts));
        return;
      }
      request.response().write(PART);
      written.addAndGet(PART.length());
    }
    request.response().end();
  }

  @Test
  void aSlowPodSlowsTheClient() {
    AtomicLong read = new AtomicLong();
    AtomicLong sent = new AtomicLong();
    HttpServerRequest[] at = new HttpServerRequest[1];
    gateway.route(
        gateway.pod(
            request -> {
              request.handler(part -> read.addAndGet(part.length()));
              request.endHandler(end -> request.response().end());
              request.pause();
              at[0] = request;
            }));
    HttpClientRequest upload = TestGateway.get(http1.request(options(HttpMethod.POST)));
    upload.setChunked(true);
    write(upload, sent, 2000);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              long before = sent.get();
              Thread.sleep(300);
              return at[0] != null && sent.get() == before;
            });
    assertThat(sent.get()).isLessThan(2000L * PART.length());

    at[0].resume();

    assertThat(TestGateway.get(upload.response()).statusCode()).isEqualTo(200);
    assertThat(read.get()).isEqualTo(2000L * PART.length());
  }

  private static void write(HttpClientRequest upload, AtomicLong sent, int parts) {
    while (sent.get() < (long) parts * PART.length()) {
      if (upload.writeQueueFull()) {
        upload.drainHandler(drained -> write(upload, sent, parts));
        return;
      }
      upload.write(PART);
      sent.addAndGet(PART.length());
    }
    upload.end();
  }

  @Test
  void aPodThatDiesBeforeItsAnswerIs502OnceAndNotAskedAgain() {
    AtomicInteger asked = new AtomicInteger();
    HttpServer dying =
        gateway.pod(
            request -> {
              asked.incrementAndGet();
              request.connection().close();
            });
    HttpServer other = gateway.pod(request -> request.response().end("other"));
    gateway.route(dying);

    assertThat(send(HttpMethod.POST).statusCode()).isEqualTo(502);

    assertThat(asked).hasValue(1);
    assertThat(gateway.answered("5xx")).isEqualTo(1);
    assertThat(gateway.traffic.underWay()).isZero();
    // What may be repeated is.
    gateway.route(dying, other);
    for (int i = 0; i < 10; i++) {
      assertThat(send(HttpMethod.GET).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aPodThatDiesInTheMiddleBreaksTheAnswerOffAndCountsOnce() {
    HttpServerRequest[] at = new HttpServerRequest[1];
    gateway.route(
        gateway.pod(
            request -> {
              request.response().setChunked(true).write("half");
              at[0] = request;
            }));
    Future<Buffer> body =
        http1
            .request(options(HttpMethod.POST))
            .compose(HttpClientRequest::send)
            .compose(
                answer -> {
                  at[0].connection().close();
                  return answer.body();
                });

    await().atMost(PATIENCE).until(body::isComplete);

    assertThat(body.failed()).isTrue();
    await().atMost(PATIENCE).until(() -> gateway.answered("5xx") == 1);
    assertThat(gateway.answered("2xx")).isZero();
    assertThat(gateway.traffic.underWay()).isZero();
  }

  @Test
  void aClientThatGoesAwayCancelsThePodsWork() {
    AtomicBoolean asked = new AtomicBoolean();
    AtomicBoolean cancelled = new AtomicBoolean();
    gateway.route(
        gateway.pod(
            request -> {
              asked.set(true);
              request.response().closeHandler(closed -> cancelled.set(true));
            }));
    HttpClientRequest request = TestGateway.get(http1.request(options(HttpMethod.POST)));
    request.end("x");
    await().atMost(PATIENCE).untilTrue(asked);

    request.connection().close();

    await().atMost(PATIENCE).untilTrue(cancelled);
    await().atMost(PATIENCE).until(() -> gateway.traffic.underWay() == 0);
  }

  @Test
  void aBusyPodIsLeftForAnotherAndFromThenOnAvoided() {
    AtomicInteger busy = new AtomicInteger();
    HttpServer full =
        gateway.pod(
            request -> {
              busy.incrementAndGet();
              request.response().setStatusCode(429).putHeader("retry-after", "20").end("full");
            });
    HttpServer free =
        gateway.pod(request -> request.body().onSuccess(body -> request.response().end(body)));
    gateway.route(full, free);

    for (int i = 0; i < 20; i++) {
      HttpClientResponse answer =
          TestGateway.get(
              http1.request(options(HttpMethod.POST)).compose(request -> request.send("again")));
      assertThat(answer.statusCode()).isEqualTo(200);
    }

    assertThat(busy.get()).isLessThanOrEqualTo(1);
    gateway.route(full);
    HttpClientResponse alone = send(HttpMethod.POST);
    assertThat(alone.statusCode()).isEqualTo(429);
    assertThat(alone.getHeader("retry-after")).isEqualTo("20");
  }

  @Test
  void aPodThatDoesNotAnswerInTimeIs504() {
    gateway.requestTimeout = Duration.ofMillis(300);
    AtomicBoolean cancelled = new AtomicBoolean();
    gateway.route(
        gateway.pod(request -> request.response().closeHandler(closed -> cancelled.set(true))));

    assertThat(send(HttpMethod.POST).statusCode()).isEqualTo(504);

    await().atMost(PATIENCE).untilTrue(cancelled);
  }

  @Test
  void anAnswerWithoutLengthAndItsHeadArriveAtOnce() {
    HttpServerRequest[] at = new HttpServerRequest[1];
    gateway.route(
        gateway.pod(
            request -> {
              at[0] = request;
              request.response().setChunked(true).write(Buffer.buffer());
            }));

    HttpClientResponse head = send(HttpMethod.GET);

    assertThat(head.statusCode()).isEqualTo(200);
    Future<Buffer> body = head.body();
    at[0].response().end("later");
    assertThat(TestGateway.get(body).toString()).isEqualTo("later");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TRACE", "PURGE", "GETS"})
  void aMethodThatIsNotOneOfThoseTakenReachesNoPod(String method) {
    gateway.route(gateway.pod(request -> request.response().end("ok")));
    assertThat(send(HttpMethod.valueOf(method)).statusCode()).isEqualTo(405);
  }

  @Test
  void onceTheGatewayStopsItsAnswersEndTheConnection() {
    gateway.route(gateway.pod(request -> request.response().end("ok")));
    assertThat(send(HttpMethod.GET).getHeader("connection")).isNull();

    gateway.traffic.close();

    AtomicBoolean closed = new AtomicBoolean();
    HttpClientRequest request = TestGateway.get(http1.request(options(HttpMethod.GET)));
    request.connection().closeHandler(end -> closed.set(true));
    HttpClientResponse answer = TestGateway.get(request.send());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.getHeader("connection")).isEqualTo("close");
    await().atMost(PATIENCE).untilTrue(closed);
  }
}

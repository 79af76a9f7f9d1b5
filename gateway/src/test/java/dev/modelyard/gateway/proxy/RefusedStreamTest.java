package dev.modelyard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** gRPC servers that do not take a stream, and say so: it was not computed, and is tried again. */
class RefusedStreamTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long REFUSED_STREAM = 7;

  private final TestGateway gateway = new TestGateway();
  private final HttpClient client =
      gateway.vertx.createHttpClient(
          new HttpClientOptions()
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setHttp2ClearTextUpgrade(false));
  private final AtomicInteger asked = new AtomicInteger();

  @AfterEach
  void stop() {
    gateway.close();
  }

  private HttpClientRequest call() {
    return TestGateway.get(
            client.request(
                new RequestOptions()
                    .setHost("127.0.0.1")
                    .setPort(gateway.port())
                    .setMethod(HttpMethod.POST)
                    .setURI("/inference.GRPCInferenceService/ModelInfer")))
        .putHeader("content-type", "application/grpc")
        .putHeader("modelyard-model", "vision/digits")
        .setChunked(true);
  }

  private static void echo(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body ->
                request
                    .response()
                    .putHeader("content-type", "application/grpc")
                    .setChunked(true)
                    .putTrailer("grpc-status", "0")
                    .end(body));
  }

  private static void refuse(HttpServerRequest request) {
    request.response().reset(REFUSED_STREAM);
  }

  /** Of the requests so far, before this one, none was processed. */
  private static void goAway(HttpServerRequest request) {
    request.connection().goAway(0, 0);
  }

  private void onePodThatTakesTheThird(Consumer<HttpServerRequest> notBefore) {
    gateway.route(
        gateway.pod(
            request -> {
              if (asked.incrementAndGet() < 3) {
                notBefore.accept(request);
              } else {
                echo(request);
              }
            }));
  }

  /** The whole answer to a request whose end has not been sent yet. */
  private static String answerOnceSent(HttpClientRequest call, String last) {
    Future<String> answer =
        call.response()
            .compose(
                head ->
                    head.body()
                        .map(
                            body -> {
                              assertThat(head.trailers().get("grpc-status")).isEqualTo("0");
                              return body.toString();
                            }));
    call.end(last);
    return TestGateway.get(answer);
  }

  @Test
  void aRefusedStreamIsTriedAgainWithItsBody() {
    onePodThatTakesTheThird(RefusedStreamTest::refuse);

    assertThat(answerOnceSent(call(), "whole")).isEqualTo("whole");

    assertThat(asked).hasValue(3);
    assertThat(gateway.count("modelyard.gateway.retries")).isEqualTo(2);
    assertThat(gateway.count("modelyard.gateway.ejections")).isZero();
  }

  @Test
  void aStreamThatAGoAwayLeavesOutIsTriedAgain() {
    onePodThatTakesTheThird(RefusedStreamTest::goAway);

    assertThat(answerOnceSent(call(), "whole")).isEqualTo("whole");

    assertThat(asked).hasValue(3);
  }

  @Test
  void anotherPodTakesIt() {
    gateway.route(
        gateway.pod(
            request -> {
              asked.incrementAndGet();
              refuse(request);
            }),
        gateway.pod(RefusedStreamTest::echo));

    for (int i = 0; i < 20; i++) {
      assertThat(answerOnceSent(call(), "n" + i)).isEqualTo("n" + i);
    }

    assertThat(asked.get()).isPositive();
  }

  @Test
  void whatTheClientHasSentOfAStreamGoesFirst() {
    onePodThatTakesTheThird(
        request ->
            // Only once something of the body has come.
            request.handler(part -> refuse(request)));
    HttpClientRequest call = call();
    call.write("one,");
    await().atMost(PATIENCE).until(() -> asked.get() == 3);

    call.write("two,");

    assertThat(answerOnceSent(call, "three")).isEqualTo("one,two,three");
  }

  @Test
  void aPodThatRefusesAlwaysIsAskedThreeTimes() {
    gateway.route(
        gateway.pod(
            request -> {
              asked.incrementAndGet();
              refuse(request);
            }));

    HttpClientResponse answer = TestGateway.get(call().send("x"));

    assertThat(answer.getHeader("grpc-status")).isEqualTo("14");
    assertThat(answer.getHeader("grpc-message")).contains("unread");
    assertThat(asked).hasValue(3);
  }

  @Test
  void moreThanIsKeptIsNotSentAgain() {
    gateway.route(
        gateway.pod(
            request -> {
              asked.incrementAndGet();
              request.endHandler(end -> refuse(request));
            }));

    HttpClientResponse answer = TestGateway.get(call().send(Buffer.buffer(new byte[1_000_000])));

    assertThat(answer.getHeader("grpc-status")).isEqualTo("14");
    assertThat(asked).hasValue(1);
  }

  @Test
  void aStreamThatMayHaveBeenComputedIsNotTriedAgain() {
    gateway.route(
        gateway.pod(
            request -> {
              asked.incrementAndGet();
              request.endHandler(end -> request.response().reset(2));
            }));

    HttpClientResponse answer = TestGateway.get(call().send("x"));

    assertThat(answer.getHeader("grpc-status")).isEqualTo("14");
    assertThat(answer.getHeader("grpc-message")).contains("may have been computed");
    assertThat(asked).hasValue(1);
  }
}

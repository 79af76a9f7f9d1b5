package dev.modelyard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.gateway.config.GatewaySettings.Hold;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that come before a pod does, and pods that go. */
class HoldTrafficTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final AtomicBoolean enough = new AtomicBoolean();
  private TestGateway gateway = new TestGateway();
  private HttpClient client = client();

  private HttpClient client() {
    return gateway.vertx.createHttpClient(
        new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(2000).setHttp2MaxSize(1));
  }

  private void restart(Hold hold) {
    gateway.close();
    gateway = new TestGateway(TestGateway.settings(hold, TestGateway.limits(1 << 26)));
    client = client();
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private record Answer(int status, String body, String retryAfter) {}

  private RequestOptions options() {
    return new RequestOptions()
        .setHost("127.0.0.1")
        .setPort(gateway.port())
        .setMethod(HttpMethod.POST)
        .setURI("/vision/digits/v2/models/digits/infer");
  }

  private Future<Answer> post(String body) {
    return client
        .request(options())
        .compose(request -> request.send(body))
        .compose(
            response ->
                response
                    .body()
                    .map(
                        bytes ->
                            new Answer(
                                response.statusCode(),
                                bytes.toString(),
                                response.getHeader("retry-after"))));
  }

  private List<Answer> all(List<Future<Answer>> futures) {
    return futures.stream().map(TestGateway::get).toList();
  }

  @Test
  void aThousandRequestsAreHeldAndReleasedOverWhatIsReady() {
    gateway.route();
    List<Future<Answer>> answers = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      answers.add(post("{\"n\":" + i + "}"));
    }
    await().atMost(PATIENCE).until(() -> gateway.held() == 1000);

    int[] most = new int[2];
    AtomicInteger[] now = {new AtomicInteger(), new AtomicInteger()};
    HttpServer[] pods = new HttpServer[2];
    for (int i = 0; i < 2; i++) {
      int pod = i;
      pods[i] =
          gateway.pod(
              request -> {
                most[pod] = Math.max(most[pod], now[pod].incrementAndGet());
                request
                    .body()
                    .onSuccess(
                        body ->
                            gateway.vertx.setTimer(
                                2,
                                timer -> {
                                  now[pod].decrementAndGet();
                                  request.response().end(body);
                                }));
              });
    }
    gateway.window = 20;
    gateway.route(pods[0]);
    gateway.route(pods);

    List<Answer> received = all(answers);
    for (int i = 0; i < 1000; i++) {
      assertThat(received.get(i)).isEqualTo(new Answer(200, "{\"n\":" + i + "}", null));
    }
    assertThat(most[0]).isBetween(1, 20);
    assertThat(most[1]).isBetween(1, 20);
    assertThat(gateway.held()).isZero();
    assertThat(gateway.answered("2xx")).isEqualTo(1000);
  }

  @Test
  void overTheLimitIsAnswered503WithTheColdStart() {
    restart(new Hold(Duration.ofSeconds(60), 3, 100, 1 << 20));
    gateway.route();
    List<Future<Answer>> held = List.of(post("1"), post("2"), post("3"));
    await().atMost(PATIENCE).until(() -> gateway.held() == 3);

    Answer refused = TestGateway.get(post("4"));

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.retryAfter()).isEqualTo("23");
    gateway.route(gateway.pod(request -> request.response().end("ok")));
    assertThat(all(held)).allMatch(answer -> answer.status() == 200);
    assertThat(gateway.count("modelyard.gateway.hold.rejected")).isEqualTo(1);
  }

  @Test
  void theDeadlineIsAnswered503() {
    restart(new Hold(Duration.ofMillis(300), 10, 100, 1 << 20));
    gateway.route();

    Answer late = TestGateway.get(post("1"));

    assertThat(late.status()).isEqualTo(503);
    assertThat(late.retryAfter()).isEqualTo("23");
    assertThat(gateway.held()).isZero();
  }

  @Test
  void aModelThatIsDeletedAnswersThoseWhoWait404() {
    gateway.route();
    Future<Answer> held = post("1");
    await().atMost(PATIENCE).until(() -> gateway.held() == 1);

    gateway.models.remove(TestGateway.DIGITS);

    assertThat(TestGateway.get(held).status()).isEqualTo(404);
    assertThat(gateway.registry.find("modelyard.gateway.held").gauges()).isEmpty();
  }

  @Test
  void aClientThatGoesAwayWaitsNoLonger() {
    gateway.route();
    Future<HttpClientRequest> sent =
        client.request(options()).onSuccess(request -> request.end("1"));
    await().atMost(PATIENCE).until(() -> gateway.held() == 1);

    TestGateway.get(sent).connection().close();

    await().atMost(PATIENCE).until(() -> gateway.held() == 0);
    assertThat(gateway.answered("4xx")).isEqualTo(1);
  }

  @Test
  void aLargeBodyStaysWithTheClientWhileItIsHeld() {
    gateway.route();
    Buffer large = Buffer.buffer(new byte[5_000_000]);
    Future<Integer> status =
        client
            .request(options())
            .compose(request -> request.send(large))
            .compose(response -> response.body().map(body -> Integer.parseInt(body.toString())));
    await().atMost(PATIENCE).until(() -> gateway.held() == 1);

    gateway.route(
        gateway.pod(
            request ->
                request.body().onSuccess(body -> request.response().end("" + body.length()))));

    assertThat(TestGateway.get(status)).isEqualTo(5_000_000);
  }

  @Test
  void noRequestFailsWhenAPodGoesUnderLoad() {
    HttpServer first =
        gateway.pod(request -> request.body().onSuccess(b -> request.response().end("1")));
    HttpServer second =
        gateway.pod(request -> request.body().onSuccess(b -> request.response().end("2")));
    gateway.route(first, second);
    AtomicInteger done = new AtomicInteger();
    AtomicInteger failed = new AtomicInteger();
    int clients = 16;
    for (int i = 0; i < clients; i++) {
      again(done, failed);
    }
    await().atMost(PATIENCE).until(() -> done.get() > 500);

    // As Kubernetes does it: out of the endpoints first, then its requests are finished, then gone.
    gateway.route(second);
    await().atMost(PATIENCE).until(() -> done.get() > 1000);
    TestGateway.get(first.close());
    // And one that is gone before the endpoints tell: nobody listens there.
    gateway.route(first, second);
    await().atMost(PATIENCE).until(() -> done.get() > 2000);

    assertThat(failed).hasValue(0);
    assertThat(gateway.count("modelyard.gateway.ejections")).isPositive();
    // The clients end, and the gateway after them.
    enough.set(true);
    await().atMost(PATIENCE).until(() -> gateway.traffic.underWay() == 0);
  }

  private void again(AtomicInteger done, AtomicInteger failed) {
    post("{}")
        .onComplete(
            answer -> {
              if (answer.failed() || answer.result().status() != 200) {
                failed.incrementAndGet();
              }
              done.incrementAndGet();
              if (!enough.get()) {
                again(done, failed);
              }
            });
  }

  @Test
  void whereTheOnlyPodIsGoneRequestsWaitForTheNext() {
    HttpServer gone = gateway.pod(request -> request.response().end());
    gateway.route(gone);
    TestGateway.get(gone.close());

    Future<Answer> waits = post("1");
    await().atMost(PATIENCE).until(() -> gateway.held() == 1);
    gateway.route(gateway.pod(request -> request.response().end("next")));

    assertThat(TestGateway.get(waits)).isEqualTo(new Answer(200, "next", null));
  }
}

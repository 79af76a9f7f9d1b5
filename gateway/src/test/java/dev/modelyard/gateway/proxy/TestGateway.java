package dev.modelyard.gateway.proxy;

import dev.modelyard.gateway.config.GatewaySettings;
import dev.modelyard.gateway.config.GatewaySettings.Hold;
import dev.modelyard.gateway.config.GatewaySettings.Limits;
import dev.modelyard.gateway.config.GatewaySettings.Listen;
import dev.modelyard.gateway.config.GatewaySettings.Shutdown;
import dev.modelyard.gateway.config.GatewaySettings.Upstream;
import dev.modelyard.gateway.dispatch.Models;
import dev.modelyard.gateway.hold.HoldBudget;
import dev.modelyard.gateway.keys.ApiKeys;
import dev.modelyard.gateway.metrics.GatewayMetrics;
import dev.modelyard.gateway.routing.Endpoint;
import dev.modelyard.gateway.routing.ModelKey;
import dev.modelyard.gateway.routing.ModelRoute;
import dev.modelyard.gateway.routing.ModelRoute.Refusal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A gateway with real servers for pods, in this process. */
final class TestGateway implements AutoCloseable {
  static final ModelKey DIGITS = new ModelKey("vision", "digits");

  final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final Models models;
  final Traffic traffic;
  private final GatewayServer server;
  private final List<HttpServer> pods = new ArrayList<>();
  volatile Supplier<ApiKeys> keys = () -> null;
  Duration requestTimeout = Duration.ofSeconds(30);
  int window = 64;
  int capacity = 1032;

  TestGateway() {
    this(settings());
  }

  TestGateway(GatewaySettings settings) {
    GatewayMetrics metrics = new GatewayMetrics(registry);
    models =
        new Models(
            settings.hold().maxPerModel(),
            new HoldBudget(settings.hold().maxRequests(), settings.hold().maxBytes()),
            model -> metrics.model(model.route().key(), model::held),
            System::nanoTime);
    models.complete();
    traffic = new Traffic(settings, models, () -> keys.get(), metrics);
    server = new GatewayServer(vertx, traffic);
    get(server.start());
  }

  static GatewaySettings settings() {
    return settings(new Hold(Duration.ofSeconds(60), 2000, 10_000, 1 << 26), limits(1 << 26));
  }

  static Limits limits(long maxBody) {
    return new Limits(
        10_000,
        10_000,
        maxBody,
        1 << 16,
        1 << 20,
        1 << 14,
        1 << 13,
        Duration.ofSeconds(75),
        Duration.ofSeconds(30));
  }

  static GatewaySettings settings(Hold hold, Limits limits) {
    return settings(hold, limits, false, false);
  }

  static GatewaySettings settings(
      Hold hold, Limits limits, boolean trustForwarded, boolean accessLog) {
    return new GatewaySettings(
        Set.of(),
        new Listen("127.0.0.1", 0, 2),
        trustForwarded,
        accessLog,
        hold,
        limits,
        new Upstream(Duration.ofSeconds(2), Duration.ofSeconds(60), 3),
        new Shutdown(Duration.ZERO, Duration.ofSeconds(10)),
        Optional.empty(),
        Duration.ofSeconds(5));
  }

  static <T> T get(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /**
   * The body of the answer to a request that is sent afterwards. A handler that is set from outside
   * of the event loop once the answer has begun may come too late to see any of its body.
   */
  static Future<Buffer> bodyOf(HttpClientRequest unsent) {
    return unsent.response().compose(HttpClientResponse::body);
  }

  int port() {
    return server.port();
  }

  /** A pod that answers so. */
  HttpServer pod(Handler<HttpServerRequest> handler) {
    HttpServer pod =
        get(
            vertx
                .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                .requestHandler(handler)
                .listen());
    pods.add(pod);
    return pod;
  }

  static Endpoint endpoint(HttpServer pod) {
    return new Endpoint("127.0.0.1", pod.actualPort());
  }

  /** From now on these are the model's pods. */
  void route(HttpServer... ready) {
    route(null, List.of(ready).stream().map(TestGateway::endpoint).toArray(Endpoint[]::new));
  }

  void route(Refusal refusal, Endpoint... ready) {
    models.update(
        new ModelRoute(
            DIGITS,
            List.of(ready),
            refusal,
            requestTimeout,
            window,
            capacity,
            Duration.ofSeconds(23)));
  }

  int held() {
    return models.held().stream().mapToInt(Models.Held::requests).sum();
  }

  double count(String name) {
    return registry.find(name).counters().stream().mapToDouble(counter -> counter.count()).sum();
  }

  double gauge(String name) {
    return registry.find(name).gauge().value();
  }

  long answered(String code) {
    return registry.find("modelyard.gateway.request.duration").tag("code", code).timers().stream()
        .mapToLong(timer -> timer.count())
        .sum();
  }

  @Override
  public void close() {
    get(server.stop());
    get(vertx.close());
  }
}

package dev.modelyard.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.gateway.testing.Network;
import dev.modelyard.testing.OnRealApiServer;
import dev.modelyard.testing.RealApiServer;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The packaged gateway and a real API server, which it asks with the rights of the chart. */
@OnRealApiServer
class GatewayProcessIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String PATH = "/gateway-models/digits/v2/models/digits";
  private static final int CLIENTS = 8;

  private static final Vertx VERTX = Vertx.vertx();
  private static RealApiServer server;
  private static HttpServer pod;

  @BeforeAll
  static void start() throws Exception {
    server = RealApiServer.get();
    server.install(Path.of("../crds/modeldeployments.modelyard.dev-v1.yml"));
    server.namespace("gateway-models", Map.of());
    // Slow enough that some are always under way.
    pod =
        VERTX
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
            .requestHandler(
                request ->
                    VERTX.setTimer(100, timer -> request.response().end("pod " + request.path())))
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .get(60, TimeUnit.SECONDS);
  }

  @AfterAll
  static void stop() {
    VERTX.close();
  }

  @Test
  void itServesAModelWithTheRightsOfTheChart() throws Exception {
    InstalledGateway installed = InstalledGateway.in(server, "gateway");
    URI api = URI.create(server.client().getMasterUrl().toString());
    try (Network network = new Network(api.getPort());
        GatewayProcess gateway =
            GatewayProcess.start(
                Map.of(
                    "KUBECONFIG",
                    installed.kubeconfig(server.client(), network.port()).toString()))) {
      assertThat(get(gateway.traffic(PATH)).statusCode()).isEqualTo(404);

      aModelAtZeroIsHeldFor(gateway);
      withoutTheApiServerItServesOn(gateway, network);
      whatChangedMeanwhileIsSeen(gateway, network);
      terminatedUnderLoadNothingFails(gateway);
    }
    assertThat(installed.refused()).isEmpty();
    assertThat(installed.asked()).isEqualTo(installed.allowed());
  }

  private static void aModelAtZeroIsHeldFor(GatewayProcess gateway) {
    ModelDeployment digits =
        server
            .client()
            .resource(
                model(
                    """
                    replicas: 0
                    autoscaling: {minReplicas: 0, maxReplicas: 2}
                    model: {uri: 'https://models.example.org/1.onnx'}
                    """))
            .create();
    await().atMost(PATIENCE).until(() -> isKnown(gateway));
    assertThat(digits.getSpec().replicas()).isZero();
    assertThat(status(gateway)).isEmpty();
    CompletableFuture<HttpResponse<String>> held = gateway.traffic(PATH);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                status(gateway)
                    .equals(
                        new JsonArray()
                            .add(
                                new JsonObject()
                                    .put("namespace", "gateway-models")
                                    .put("name", "digits")
                                    .put("held", 1))));
    assertThat(held).isNotDone();

    server.client().resource(slice("true")).create();

    HttpResponse<String> answer = get(held);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("pod /v2/models/digits");
    assertThat(status(gateway)).isEmpty();
  }

  /** Asks for nothing: the metrics of a model are there from when it is known. */
  private static boolean isKnown(GatewayProcess gateway) {
    return get(gateway.management("/q/metrics"))
        .body()
        .contains("modelyard_gateway_held{name=\"digits\",namespace=\"gateway-models\"");
  }

  private static void withoutTheApiServerItServesOn(GatewayProcess gateway, Network network) {
    network.cut();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                cutOff(gateway).contains("ModelDeployment")
                    && cutOff(gateway).contains("EndpointSlice")
                    && gateway.log().contains("The API server does not answer the watches"));

    List<CompletableFuture<HttpResponse<String>>> answers =
        IntStream.range(0, 50).mapToObj(i -> gateway.traffic(PATH)).toList();

    assertThat(answers).allMatch(answer -> get(answer).statusCode() == 200);
    assertThat(gateway.isReady()).isTrue();
  }

  /** The watches that have no connection. */
  private static String cutOff(GatewayProcess gateway) {
    JsonArray checks =
        new JsonObject(get(gateway.management("/q/health/ready")).body()).getJsonArray("checks");
    for (Object check : checks) {
      JsonObject data = ((JsonObject) check).getJsonObject("data");
      if (data != null && data.containsKey("cutOff")) {
        return data.getString("cutOff");
      }
    }
    throw new AssertionError("it does not tell which watches are cut off: " + checks);
  }

  private static void whatChangedMeanwhileIsSeen(GatewayProcess gateway, Network network) {
    server.client().resource(slice("false")).update();
    network.mend();
    await().atMost(PATIENCE).until(() -> cutOff(gateway).isEmpty());
    // Nobody is ready, as far as it knows: the next is held.
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              CompletableFuture<HttpResponse<String>> asked = gateway.traffic(PATH);
              await().atMost(PATIENCE).until(() -> asked.isDone() || !status(gateway).isEmpty());
              return !asked.isDone();
            });

    server.client().resource(slice("true")).update();

    await().atMost(PATIENCE).until(() -> status(gateway).isEmpty());
  }

  private static void terminatedUnderLoadNothingFails(GatewayProcess gateway) throws Exception {
    AtomicBoolean enough = new AtomicBoolean();
    AtomicInteger good = new AtomicInteger();
    AtomicInteger bad = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    for (int i = 0; i < CLIENTS; i++) {
      again(gateway, enough, good, bad, ended);
    }
    await().atMost(PATIENCE).until(() -> good.get() > 100);

    gateway.terminate();
    // A proxy asks until it is told, and some time longer.
    await().atMost(PATIENCE).until(() -> !gateway.isReady());
    int then = good.get();
    await().atMost(PATIENCE).until(() -> good.get() > then + CLIENTS);
    enough.set(true);

    await().atMost(PATIENCE).until(() -> ended.get() == CLIENTS);
    assertThat(bad).hasValue(0);
    assertThat(gateway.exitCode()).as(gateway.log()).isZero();
    assertThat(gateway.log()).contains("All requests are finished");
  }

  private static void again(
      GatewayProcess gateway,
      AtomicBoolean enough,
      AtomicInteger good,
      AtomicInteger bad,
      AtomicInteger ended) {
    gateway
        .traffic(PATH)
        .whenComplete(
            (answer, failure) -> {
              boolean is200 = failure == null && answer.statusCode() == 200;
              (is200 ? good : bad).incrementAndGet();
              if (enough.get()) {
                ended.incrementAndGet();
              } else {
                again(gateway, enough, good, bad, ended);
              }
            });
  }

  private static JsonArray status(GatewayProcess gateway) {
    return new JsonObject(get(gateway.management("/status")).body()).getJsonArray("models");
  }

  private static HttpResponse<String> get(CompletableFuture<HttpResponse<String>> answer) {
    return answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  private static ModelDeployment model(String spec) {
    return Serialization.unmarshal(
        """
        apiVersion: modelyard.dev/v1alpha1
        kind: ModelDeployment
        metadata: {name: digits, namespace: gateway-models}
        spec:
        """
            + spec.indent(2),
        ModelDeployment.class);
  }

  /** Of names, as the API server takes no loopback address. */
  private static EndpointSlice slice(String ready) {
    return Serialization.unmarshal(
        """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata:
          name: digits-1
          namespace: gateway-models
          labels: {kubernetes.io/service-name: digits, modelyard.dev/model-deployment: digits}
        addressType: FQDN
        ports: [{name: http, port: %d}]
        endpoints: [{addresses: [127.0.0.1], conditions: {ready: %s}}]
        """
            .formatted(pod.actualPort(), ready),
        EndpointSlice.class);
  }
}

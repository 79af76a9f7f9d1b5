package dev.modelyard.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.local.Console;
import dev.modelyard.local.Laptop;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A model at zero that wakes, a burst, and a step down, on the real clock and with requests. */
final class Scaling {
  private static final String AUTOSCALING =
      """
      {"spec": {"autoscaling": {"minReplicas": 0, "maxReplicas": 2, "target": {"requestsPerSecond": 100},
       "scaleToZeroAfter": "2s", "scaleDownDelay": "3s"}}}
      """;
  private static final int HELD = 200;
  private static final int BURST = 64;
  // At most 40 requests a second: one replica is enough.
  private static final int FEW_CLIENTS = 2;
  private static final long FEW_PAUSE_MILLIS = 50;

  private final Laptop laptop;
  private final Console console;
  private final ModelDeployment model;
  private final String server;
  private final Holdout holdout;
  private final OipClient client;

  Scaling(Laptop laptop, Console console, ModelDeployment model, String server, Holdout holdout) {
    this.laptop = laptop;
    this.console = console;
    this.model = model;
    this.server = server;
    this.holdout = holdout;
    this.client = new OipClient(server, model.getMetadata().getName());
  }

  /**
   * @return the figures for the last line
   * @throws DemoFailure for a request that failed, or a step that did not come
   */
  String run() throws InterruptedException {
    console.line("autoscaling from 0 to 2 replicas; nobody asks");
    laptop.client().resource(model).patch(PatchContext.of(PatchType.JSON_MERGE), AUTOSCALING);
    Wait.until(laptop, model, "at zero", Scaling::isAtZero);
    try (var replicas = new ReplicaWatch(laptop, model)) {
      String held = hold(replicas);
      var traffic =
          Traffic.start(
              server, model.getMetadata().getName(), holdout, FEW_CLIENTS, FEW_PAUSE_MILLIS);
      long burst;
      try (traffic) {
        awaitOneReplica();
        burst = burst(replicas);
        awaitOneReplica();
        console.line("and went back to one after it");
      }
      console.line("the other clients asked " + traffic.sent() + " times meanwhile");
      check("while replicas came and went", traffic.sent(), traffic.failures());
      return held + " burst_to_scale_ms=" + burst;
    }
  }

  private static boolean isAtZero(ModelDeployment now) {
    return Integer.valueOf(0).equals(now.getSpec().replicas()) && isReady(now, 0);
  }

  private static boolean isReady(ModelDeployment now, int replicas) {
    return now.getStatus() != null
        && Objects.equals(now.getMetadata().getGeneration(), now.getStatus().observedGeneration())
        && Integer.valueOf(replicas).equals(now.getStatus().readyReplicas());
  }

  private String hold(ReplicaWatch replicas) throws InterruptedException {
    long start = System.nanoTime();
    int held = 0;
    var burst = Burst.once(request(), HELD);
    try (burst) {
      while (!burst.isDone()) {
        held = Math.max(held, heldNow());
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
    long answered = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    long woken = replicas.millisUntil("the wake-up", start, now -> now > 0);
    String result =
        String.format(
            Locale.ROOT, "held_requests=%d held_failed=%d", held, burst.failures().size());
    console.line(
        result
            + ": "
            + burst.sent()
            + " requests to a model at zero, woken after "
            + woken
            + " ms, all answered after "
            + answered
            + " ms");
    check("at zero", burst.sent(), burst.failures());
    if (held == 0) {
      throw new DemoFailure("the gateway held no request, though the model was at zero");
    }
    return result;
  }

  /** How many requests the gateway holds for the model, as it tells the operator. */
  private int heldNow() throws InterruptedException {
    try {
      var status = HttpRequest.newBuilder(URI.create(laptop.gatewayStatusUrl())).build();
      JsonNode models =
          new ObjectMapper()
              .readTree(HttpClient.newHttpClient().send(status, BodyHandlers.ofString()).body())
              .path("models");
      for (JsonNode entry : models) {
        if (entry.path("name").asText().equals(model.getMetadata().getName())) {
          return entry.path("held").asInt();
        }
      }
      return 0;
    } catch (IOException e) {
      throw new DemoFailure("the gateway does not tell what it holds: " + e, e);
    }
  }

  private void awaitOneReplica() throws InterruptedException {
    Wait.until(
        laptop, model, "one replica", now -> Integer.valueOf(1).equals(now.getSpec().replicas()));
    Wait.untilNone("pods beside one", () -> pods().skip(1));
  }

  private Stream<String> pods() {
    return laptop
        .client()
        .pods()
        .inNamespace(model.getMetadata().getNamespace())
        .list()
        .getItems()
        .stream()
        .map(pod -> pod.getMetadata().getName())
        .sorted();
  }

  private long burst(ReplicaWatch replicas) throws InterruptedException {
    long start = System.nanoTime();
    long millis;
    var burst = Burst.sustained(request(), BURST);
    try (burst) {
      millis = replicas.millisUntil("the step up", start, now -> now > 1);
      Wait.until(laptop, model, "two replicas", now -> isReady(now, 2));
    }
    console.line(
        BURST
            + " clients began to ask; spec.replicas was raised "
            + millis
            + " ms after the first request was sent; both replicas answered "
            + burst.sent()
            + " requests");
    check("in the burst", burst.sent(), burst.failures());
    return millis;
  }

  private HttpRequest request() {
    try {
      return client.jsonRequest(holdout.rows(0, 1));
    } catch (IOException e) {
      throw new DemoFailure("cannot write a request: " + e, e);
    }
  }

  private static void check(String when, int sent, List<String> failures) {
    if (!failures.isEmpty()) {
      throw new DemoFailure(
          failures.size()
              + " of "
              + sent
              + " requests failed "
              + when
              + ", the first: "
              + failures.get(0));
    }
  }
}

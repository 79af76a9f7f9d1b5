package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.test.kubernetes.client.KubernetesServer;
import io.quarkus.test.kubernetes.client.KubernetesTestServer;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;

/** The wiring, on an API server that stores and watches but neither validates nor collects. */
abstract class ReconcilerFixture {
  static final String FIRST = "model: {uri: 'https://models.example.org/1.onnx'}";
  static final String SECOND = "model: {uri: 'https://models.example.org/2.onnx'}";
  static ApiCalls calls;

  @KubernetesTestServer KubernetesServer server;
  @Inject MeterRegistry meters;
  Workloads cluster;

  @BeforeAll
  static void patience() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(20));
    Awaitility.setDefaultPollInterval(Duration.ofMillis(20));
  }

  @BeforeEach
  void ownNamespace(TestInfo test) {
    if (calls == null) {
      calls = new ApiCalls(server.getKubernetesMockServer());
    }
    cluster =
        new Workloads(
            server
                .getKubernetesMockServer()
                .createClient(b -> b.editOrNewConfig().withUserAgent(ApiCalls.TEST).endConfig()),
            test.getTestMethod().orElseThrow().getName().toLowerCase());
  }

  @AfterAll
  static void nothingWasCalledThatTheChartDoesNotAllow() throws IOException {
    assertThat(ChartRulesTest.allowed()).containsAll(calls.rules());
  }

  List<PodDisruptionBudget> budgets() {
    return cluster
        .client()
        .policy()
        .v1()
        .podDisruptionBudget()
        .inNamespace(cluster.namespace())
        .list()
        .getItems();
  }

  void foreign(HasMetadata object, String name) {
    object.setMetadata(
        new ObjectMetaBuilder().withName(name).withNamespace(cluster.namespace()).build());
    cluster.client().resource(object).create();
  }

  /** A revision that answers, and the Service selects. */
  String serve(String name, String spec, String address) {
    String revision = Workloads.revision(cluster.apply(name, spec));
    await().until(() -> cluster.deployment(revision) != null);
    RuntimeStubs.answer(address, "{\"state\":\"READY\",\"model\":{\"digest\":\"sha256:abc\"}}");
    cluster.ready(cluster.startPod(revision, address));
    cluster.available(revision);
    await().until(() -> "Ready".equals(reason(name, "Ready")));
    return revision;
  }

  /** A change that matters to no one, but is looked at. */
  void reconcileAgain(ModelDeployment resource) {
    long before = reconciles();
    cluster
        .client()
        .resource(cluster.deployment(Workloads.revision(resource)))
        .edit(
            d -> {
              d.getMetadata().getLabels().put("touched", Long.toString(before));
              return d;
            });
    await().until(() -> reconciles() > before);
  }

  long reconciles() {
    return meters.find("modelyard.reconcile.duration").timers().stream()
        .mapToLong(Timer::count)
        .sum();
  }

  List<ApiCalls.Call> lastWrites(int count, String... resources) {
    List<ApiCalls.Call> writes =
        calls.writes(cluster.namespace()).stream()
            .filter(call -> Set.of(resources).contains(call.resource()))
            .toList();
    return writes.subList(writes.size() - count, writes.size());
  }

  Condition condition(String name, String type) {
    ModelDeployment resource = cluster.get(name);
    return resource.getStatus() == null
        ? null
        : resource.getStatus().conditions().stream()
            .filter(c -> type.equals(c.getType()))
            .findFirst()
            .orElse(null);
  }

  String reason(String name, String type) {
    Condition condition = condition(name, type);
    return condition == null ? null : condition.getReason();
  }

  Event event(String reason) {
    return cluster
        .client()
        .events()
        .v1()
        .events()
        .inNamespace(cluster.namespace())
        .list()
        .getItems()
        .stream()
        .filter(e -> reason.equals(e.getReason()))
        .findFirst()
        .orElse(null);
  }
}

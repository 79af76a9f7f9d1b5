package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.test.kubernetes.client.KubernetesServer;
import io.quarkus.test.kubernetes.client.KubernetesTestServer;
import jakarta.inject.Inject;
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
  static void nothingWasCalledThatTheChartDoesNotAllow() {
    assertThat(ChartRules.allowed()).containsAll(calls.rules());
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

  List<ApiCall> lastWrites(int count, String... resources) {
    List<ApiCall> writes =
        calls.writes(cluster.namespace()).stream()
            .filter(call -> Set.of(resources).contains(call.resource()))
            .toList();
    return writes.subList(writes.size() - count, writes.size());
  }
}

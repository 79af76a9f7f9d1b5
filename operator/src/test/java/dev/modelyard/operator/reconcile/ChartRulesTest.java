package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.operator.desired.Names;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.kubernetes.client.WithKubernetesTestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The operator's rights. */
@QuarkusTest
@WithKubernetesTestServer
@QuarkusTestResource(RuntimeStubs.class)
class ChartRulesTest extends ReconcilerFixture {
  /** Each right is used here, and no other is, here or in another test. */
  @Test
  void theChartsRulesAreWhatTheOperatorCalls() throws IOException {
    String two = "\nreplicas: 2";
    String first = Workloads.revision(cluster.apply("digits", FIRST + two));
    await().until(() -> cluster.deployment(first) != null);
    answers(first, "127.0.0.91", "127.0.0.92");
    String second = Workloads.revision(cluster.apply("digits", SECOND + two));
    await().until(() -> cluster.deployment(second) != null);
    answers(second, "127.0.0.93", "127.0.0.94");
    await().until(() -> cluster.deployment(first) == null);
    cluster.apply("digits", SECOND);
    await().until(() -> budgets().isEmpty());

    foreign(new ServiceBuilder().withNewSpec().endSpec().build(), "service");
    foreign(new PodDisruptionBudgetBuilder().withNewSpec().endSpec().build(), "budget");
    String name =
        Names.deployment("deployment", Workloads.revision(cluster.unapplied("deployment", FIRST)));
    foreign(new DeploymentBuilder().withNewSpec().endSpec().build(), name);
    for (String conflict : List.of("service", "deployment", "budget")) {
      cluster.apply(conflict, FIRST + two);
      await().until(() -> "NameConflict".equals(reason(conflict, "Ready")));
    }
    await().until(() -> event("NameConflict") != null);

    assertThat(calls.rules()).isEqualTo(allowed());
  }

  private void answers(String revision, String... addresses) {
    for (String address : addresses) {
      cluster.ready(cluster.startPod(revision, address));
    }
    cluster.available(revision);
    await().until(() -> "Ready".equals(reason("digits", "Ready")));
    await().until(() -> revision.equals(cluster.serving("digits")));
  }

  static Set<String> allowed() throws IOException {
    List<Map<String, List<String>>> rules =
        Serialization.unmarshal(
            java.nio.file.Files.newInputStream(
                Path.of("../helm/modelyard/files/operator-rules.yaml")),
            List.class);
    Set<String> allowed = new TreeSet<>();
    rules.forEach(
        rule ->
            rule.get("apiGroups")
                .forEach(
                    group ->
                        rule.get("resources")
                            .forEach(
                                resource ->
                                    rule.get("verbs")
                                        .forEach(
                                            verb ->
                                                allowed.add(
                                                    group + "/" + resource + " " + verb)))));
    return allowed;
  }
}

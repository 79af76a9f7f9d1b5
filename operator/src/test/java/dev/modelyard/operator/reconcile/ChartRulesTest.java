package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.operator.desired.Names;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.kubernetes.client.WithKubernetesTestServer;
import java.io.IOException;
import java.util.List;
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
    await().until(() -> cluster.budgets().size() == 1);
    cluster.loosenTheBudget();
    cluster.apply("digits", SECOND);
    await().until(() -> cluster.budgets().isEmpty());

    cluster.apply("scaled", FIRST + "\nreplicas: 0\nautoscaling: {maxReplicas: 2}");
    await().until(() -> calls.rules().contains("modelyard.dev/modeldeployments/scale update"));

    cluster.foreign(new ServiceBuilder().withNewSpec().endSpec().build(), "service");
    String revision = Workloads.revision(cluster.unapplied("digits", FIRST));
    cluster.foreign(
        new PodDisruptionBudgetBuilder().withNewSpec().endSpec().build(),
        Names.disruptionBudget("budget", revision));
    String name = Names.deployment("deployment", revision);
    cluster.foreign(new DeploymentBuilder().withNewSpec().endSpec().build(), name);
    for (String conflict : List.of("service", "deployment", "budget")) {
      cluster.apply(conflict, FIRST + two);
      await().until(() -> "NameConflict".equals(cluster.reason(conflict, "Ready")));
    }
    await().until(() -> cluster.event("NameConflict") != null);

    assertThat(calls.rules()).isEqualTo(ChartRules.allowed());
  }

  private void answers(String revision, String... addresses) {
    for (String address : addresses) {
      cluster.ready(cluster.startPod(revision, address));
    }
    cluster.available(revision);
    await().until(() -> "Ready".equals(cluster.reason("digits", "Ready")));
    await().until(() -> revision.equals(cluster.serving("digits")));
  }
}

package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.operator.desired.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;

/** What uses every right that the chart gives: a start, scaling, a rollout, and names taken. */
record Scenario(Workloads cluster) {
  private static final String FIRST = "model: {uri: 'https://models.example.org/1.onnx'}";
  private static final String SECOND = "model: {uri: 'https://models.example.org/2.onnx'}";

  void run() {
    String first = cluster.serve("digits", FIRST + "\nreplicas: 2", "127.0.1.1", "127.0.1.2");
    await().until(() -> cluster.event("Ready") != null);

    cluster.serve("digits", FIRST + "\nreplicas: 3", "127.0.1.3");
    assertThat(cluster.deployment(first).getSpec().getReplicas()).isEqualTo(3);

    cluster.serve("digits", SECOND + "\nreplicas: 2", "127.0.2.1", "127.0.2.2");
    await().until(() -> cluster.deployment(first) == null);
    await().until(() -> cluster.budgets().size() == 1);
    cluster.loosenTheBudget();

    cluster.serve("digits", SECOND);
    await().until(() -> cluster.budgets().isEmpty());

    cluster.apply("scaled", FIRST + "\nreplicas: 0\nautoscaling: {maxReplicas: 2}");
    await().until(() -> cluster.get("scaled").getSpec().replicas() == 1);

    leavesAlone(
        "service",
        new ServiceBuilder().withNewSpec().addNewPort().withPort(80).endPort().endSpec().build(),
        "service");
    String revision = Workloads.revision(cluster.unapplied("deployment", FIRST));
    leavesAlone("deployment", deployment(), Names.deployment("deployment", revision));
    leavesAlone(
        "budget",
        new PodDisruptionBudgetBuilder().withNewSpec().withNewMaxUnavailable(1).endSpec().build(),
        Names.disruptionBudget("budget", revision));
  }

  private void leavesAlone(String name, HasMetadata foreign, String itsName) {
    HasMetadata before = cluster.foreign(foreign, itsName);

    cluster.apply(name, FIRST + "\nreplicas: 2");

    await().until(() -> "NameConflict".equals(cluster.reason(name, "Progressing")));
    assertThat(cluster.condition(name, "Progressing").getMessage())
        .contains(before.getKind() + " " + itsName);
    assertThat(cluster.client().resource(before).get()).isEqualTo(before);
  }

  private static HasMetadata deployment() {
    return new DeploymentBuilder()
        .withNewSpec()
        .withNewSelector()
        .addToMatchLabels("app", "theirs")
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .addToLabels("app", "theirs")
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("theirs")
        .withImage("theirs")
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }
}

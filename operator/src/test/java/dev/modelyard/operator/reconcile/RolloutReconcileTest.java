package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.operator.desired.Labels;
import dev.modelyard.operator.desired.Names;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.kubernetes.client.WithKubernetesTestServer;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** From one revision to the next. */
@QuarkusTest
@WithKubernetesTestServer
@QuarkusTestResource(RuntimeStubs.class)
class RolloutReconcileTest extends ReconcilerFixture {
  @Test
  void theServiceFlipsWhenTheCandidateIsReadyAndThenTheFormerRevisionGoes() {
    String first = cluster.serve("digits", FIRST, "127.0.0.11");
    String second = Workloads.revision(cluster.apply("digits", SECOND));
    await().until(() -> cluster.deployment(second) != null);
    await().until(() -> cluster.get("digits").getStatus().candidate() != null);
    assertThat(cluster.serving("digits")).isEqualTo(first);

    cluster.ready(cluster.startPod(second, "127.0.0.12"));
    cluster.available(second);

    await().until(() -> cluster.deployment(first) == null);
    assertThat(cluster.serving("digits")).isEqualTo(second);
    List<ApiCall> last = lastWrites(2, "services", "deployments");
    assertThat(last).extracting(ApiCall::verb).containsExactly("patch", "delete");
  }

  /** A drain would else take all of its pods at the moment when the Service selects them. */
  @Test
  void aCandidateHasADisruptionBudgetBeforeItServes() {
    String first = Workloads.revision(cluster.apply("digits", FIRST + "\nreplicas: 2"));
    await().until(() -> cluster.deployment(first) != null);
    cluster.ready(cluster.startPod(first, "127.0.0.61"));
    cluster.ready(cluster.startPod(first, "127.0.0.62"));
    cluster.available(first);
    await().until(() -> "Ready".equals(cluster.reason("digits", "Ready")));

    String second = Workloads.revision(cluster.apply("digits", SECOND + "\nreplicas: 2"));
    await().until(() -> cluster.deployment(second) != null);
    await().until(() -> guarded().equals(Set.of(first, second)));
    assertThat(cluster.serving("digits")).isEqualTo(first);
    cluster.ready(cluster.startPod(second, "127.0.0.63"));
    cluster.ready(cluster.startPod(second, "127.0.0.64"));
    cluster.available(second);

    await().until(() -> second.equals(cluster.serving("digits")));
    await().until(() -> guarded().equals(Set.of(second)));
  }

  private Set<String> guarded() {
    return cluster.budgets().stream()
        .map(budget -> budget.getSpec().getSelector().getMatchLabels().get(Labels.REVISION))
        .collect(Collectors.toSet());
  }

  @Test
  void theFormerSpecGoesBackWithoutNewPods() {
    String first = cluster.serve("digits", FIRST, "127.0.0.21");
    Deployment former = cluster.deployment(first);
    String second = Workloads.revision(cluster.apply("digits", SECOND));
    await().until(() -> cluster.deployment(second) != null);

    cluster.apply("digits", FIRST);

    await().until(() -> cluster.deployment(second) == null);
    assertThat(cluster.serving("digits")).isEqualTo(first);
    assertThat(cluster.deployment(first).getMetadata().getUid())
        .isEqualTo(former.getMetadata().getUid());
  }

  /** The garbage collector takes a deleted Deployment's pods only later. */
  @Test
  void podsOfADeletedDeploymentAreNoReasonToFlipBack() {
    String first = cluster.serve("digits", FIRST, "127.0.0.71");
    String second = cluster.serve("digits", SECOND, "127.0.0.72");
    await().until(() -> cluster.deployment(first) == null);

    cluster.apply("digits", FIRST);

    await().until(() -> cluster.deployment(first) != null);
    await().until(() -> cluster.get("digits").getStatus().candidate() != null);
    reconcileAgain(cluster.get("digits"));
    reconcileAgain(cluster.get("digits"));
    assertThat(cluster.serving("digits")).isEqualTo(second);
    assertThat(cluster.deployment(second)).isNotNull();
  }

  @Test
  void whatServesIsScaledThoughTheCandidateIsRefused() {
    String first = cluster.serve("digits", FIRST, "127.0.0.73");
    // Whichever comes first by name.
    for (int i = 1; i < 8; i++) {
      String refused = SECOND + "\nserving: {workers: " + i + ", requestTimeout: 1500us}";
      int replicas = 1 + i;
      cluster.apply("digits", refused + "\nreplicas: " + replicas);
      await().until(() -> cluster.deployment(first).getSpec().getReplicas() == replicas);
    }
    assertThat(cluster.reason("digits", "Ready")).isNotEqualTo("Ready");
    await().until(() -> !cluster.budgets().isEmpty());
  }

  @Test
  void theFormerRevisionGoesThoughTheBudgetIsInConflict() {
    String first = cluster.serve("digits", FIRST, "127.0.0.75");
    String spec = SECOND + "\nreplicas: 2";
    String second = Workloads.revision(cluster.unapplied("digits", spec));
    cluster.foreign(
        new PodDisruptionBudgetBuilder().withNewSpec().endSpec().build(),
        Names.disruptionBudget("digits", second));
    cluster.apply("digits", spec);
    await().until(() -> cluster.deployment(second) != null);
    cluster.ready(cluster.startPod(second, "127.0.0.76"));
    cluster.ready(cluster.startPod(second, "127.0.0.77"));
    cluster.available(second);

    await().until(() -> second.equals(cluster.serving("digits")));
    await().until(() -> cluster.deployment(first) == null);
    assertThat(cluster.reason("digits", "Progressing")).isEqualTo("NameConflict");
  }

  /** Of an older operator, whose restart by hand took the only pod down first. */
  @Test
  void aDeploymentThatWouldBeRecreatedIsMadeToSurgeAndNotRestarted() {
    String revision = cluster.serve("digits", FIRST, "127.0.0.78");
    Deployment made = cluster.deployment(revision);

    cluster
        .client()
        .resource(made)
        .edit(
            d -> {
              d.getSpec().setStrategy(new DeploymentStrategy(null, "Recreate"));
              return d;
            });

    await()
        .until(
            () ->
                "RollingUpdate"
                    .equals(cluster.deployment(revision).getSpec().getStrategy().getType()));
    assertThat(cluster.deployment(revision).getSpec()).isEqualTo(made.getSpec());
  }
}

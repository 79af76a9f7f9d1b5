package dev.modelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.e2e.support.AuditLog;
import dev.modelyard.e2e.support.Load;
import dev.modelyard.e2e.support.OnCluster;
import dev.modelyard.e2e.support.ReplicaHistory;
import dev.modelyard.e2e.support.Settings;
import dev.modelyard.e2e.support.Space;
import dev.modelyard.e2e.support.Streams;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Collections;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Kubernetes' own autoscaler on the scale subresource. */
@OnCluster
class HpaTest {
  @Test
  void autoscalerGrowsAndShrinksTheModelByCpuAndNobodyFightsIt(Space space) {
    Assumptions.assumeTrue(
        hasMetrics(space.client()), "this cluster has no metrics-server, which an HPA reads");
    // As for a Git repository: what something scales is left out.
    space.apply("digits", space.digits(1, 1).replaceAll("replicas: .*\n", ""));
    space.awaitServing("digits");
    Optional<AuditLog> audit = AuditLog.fromNow();
    try (ReplicaHistory history = ReplicaHistory.fromNow(space, "digits")) {
      space.client().resource(autoscaler()).inNamespace(space.name()).create();
      Awaitility.await("the autoscaler to read the CPU")
          .atMost(Space.PATIENCE)
          .until(() -> active(space));

      Load load = space.load("digits", 8, 0, null);
      ModelDeployment grown =
          space.await(
              "digits",
              "to grow",
              Space.PATIENCE,
              found -> found.getStatus().readyReplicas() >= 2 && found.getSpec().replicas() >= 2);
      Load.Report report = load.stop();
      assertThat(report.failed()).as(report.failures()).isZero();

      space.await("digits", "to shrink", Space.PATIENCE, found -> found.getSpec().replicas() == 1);
      space.awaitServing("digits");
      Awaitility.await("the pods that are too many to go")
          .atMost(Space.PATIENCE)
          .until(() -> space.pods("digits").size() == 1);

      System.out.printf("replicas by the autoscaler: %s%n", history.wanted());
      assertThat(history.wanted().get(0)).isEqualTo(1);
      assertThat(Collections.max(history.wanted()))
          .isGreaterThanOrEqualTo(2)
          .isLessThanOrEqualTo(3);
      // managedFields would tell who wrote it; of a custom resource's scale they are not kept.
      audit.ifPresent(
          log ->
              assertThat(log.writes())
                  .filteredOn(call -> call.namespace().equals(space.name()))
                  .filteredOn(call -> call.resource().equals("modeldeployments"))
                  .allMatch(call -> call.subresource().equals("status")));
      // The Deployment takes each number once, in their order, and no other; it may skip one.
      assertThat(history.wanted()).containsSubsequence(history.deployed());
      assertThat(history.deployed()).endsWith(1);
      assertThat(space.deployments("digits"))
          .singleElement()
          .satisfies(
              deployment ->
                  assertThat(deployment.getMetadata().getName())
                      .endsWith(grown.getStatus().stable().revision()));
    }
  }

  /** The example's, but quick and moved by little: a target below what any load takes. */
  private static HorizontalPodAutoscaler autoscaler() {
    HorizontalPodAutoscaler example =
        Serialization.unmarshal(
            Streams.open(Settings.ROOT.resolve("examples/digits/horizontalpodautoscaler.yaml")),
            HorizontalPodAutoscaler.class);
    return new HorizontalPodAutoscalerBuilder(example)
        .editSpec()
        .editFirstMetric()
        .editResource()
        .editTarget()
        .withAverageUtilization(100)
        .endTarget()
        .endResource()
        .endMetric()
        .withNewBehavior()
        .withNewScaleDown()
        .withStabilizationWindowSeconds(10)
        .endScaleDown()
        .endBehavior()
        .endSpec()
        .build();
  }

  private static boolean active(Space space) {
    var status =
        space
            .client()
            .autoscaling()
            .v2()
            .horizontalPodAutoscalers()
            .inNamespace(space.name())
            .withName("digits")
            .get()
            .getStatus();
    return status != null
        && status.getConditions().stream()
            .anyMatch(c -> c.getType().equals("ScalingActive") && c.getStatus().equals("True"));
  }

  private static boolean hasMetrics(KubernetesClient client) {
    try {
      return client.raw("/apis/metrics.k8s.io/v1beta1/nodes") != null;
    } catch (KubernetesClientException e) {
      return false;
    }
  }
}

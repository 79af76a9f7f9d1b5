package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.ZonedDateTime;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The chart's rules are enough for all that the operator does, and no more than that. */
class OperatorRightsIT extends PackagedOperatorTest {
  @Test
  void clusterWide() {
    InstalledOperator installed = InstalledOperator.clusterWide(server, "cluster-wide");
    Workloads cluster = cluster("user-of-all");
    try (OperatorProcess operator = installed.start(settings)) {
      new Scenario(cluster).run();
    }
    assertRightsAreEnoughAndUsed(installed);
  }

  @Test
  void inOneNamespace() {
    Workloads cluster = cluster("user-of-one");
    Workloads other = cluster("not-watched");
    InstalledOperator installed =
        InstalledOperator.watching(server, "in-one-namespace", cluster.namespace());
    other.apply("digits", "model: {uri: 'https://models.example.org/1.onnx'}");
    try (OperatorProcess operator = installed.start(settings)) {
      new Scenario(cluster).run();
    }
    assertRightsAreEnoughAndUsed(installed);
    assertThat(other.get("digits").getStatus()).isNull();
    assertThat(other.deployments()).isEmpty();
  }

  @Test
  void whoLeadsGivesTheLeaseBack() {
    Workloads cluster = cluster("user-of-leader");
    InstalledOperator installed =
        InstalledOperator.watching(server, "leader", cluster.namespace()).withElection(server);
    Deployment itself = deploymentOfTheOperator();
    cluster.apply("digits", "model: {uri: 'https://models.example.org/1.onnx'}");
    try (OperatorProcess leader = installed.start(settings)) {
      await().until(() -> cluster.get("digits").getStatus() != null);
      assertThat(lease().getSpec().getHolderIdentity()).isNotBlank();
      // Kubernetes deletes the lease with the operator's Deployment, and a renewal leaves that so.
      await().until(() -> lease().getSpec().getRenewTime().isAfter(ownedAt(itself)));
    }
    assertThat(lease().getSpec().getHolderIdentity()).isBlank();
    assertThat(lease().getMetadata().getOwnerReferences())
        .extracting(OwnerReference::getUid)
        .containsExactly(itself.getMetadata().getUid());
    assertThat(installed.auditLog().forbidden()).isEmpty();
  }

  private ZonedDateTime ownedAt;

  /** When the lease was last renewed before it was first seen to be owned. */
  private ZonedDateTime ownedAt(Deployment owner) {
    Lease lease = lease();
    boolean owned =
        lease.getMetadata().getOwnerReferences().stream()
            .anyMatch(reference -> reference.getUid().equals(owner.getMetadata().getUid()));
    if (ownedAt == null && owned) {
      ownedAt = lease.getSpec().getRenewTime();
    }
    return ownedAt == null ? ZonedDateTime.now().plusDays(1) : ownedAt;
  }

  private static Deployment deploymentOfTheOperator() {
    return server
        .client()
        .resource(
            new DeploymentBuilder()
                .withNewMetadata()
                .withName("modelyard-operator")
                .withNamespace("leader")
                .endMetadata()
                .withNewSpec()
                .withReplicas(0)
                .withNewSelector()
                .addToMatchLabels("app", "operator")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", "operator")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("operator")
                .withImage("operator")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build())
        .create();
  }

  private static Lease lease() {
    return server.client().leases().inNamespace("leader").withName("modelyard-operator").get();
  }

  private static void assertRightsAreEnoughAndUsed(InstalledOperator installed) {
    Set<String> used = new TreeSet<>();
    installed.auditLog().calls().forEach(call -> used.add(call.rule()));

    assertThat(installed.auditLog().forbidden()).isEmpty();
    assertThat(installed.auditLog().agents()).containsExactly("modelyard-operator");
    assertThat(used).isEqualTo(ChartRules.allowed());
  }
}

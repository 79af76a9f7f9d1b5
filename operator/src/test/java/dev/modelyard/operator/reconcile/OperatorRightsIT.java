package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
    cluster.apply("digits", "model: {uri: 'https://models.example.org/1.onnx'}");
    try (OperatorProcess leader = installed.start(settings)) {
      await().until(() -> cluster.get("digits").getStatus() != null);
      assertThat(holder()).isNotBlank();
    }
    assertThat(holder()).isBlank();
    assertThat(installed.auditLog().forbidden()).isEmpty();
  }

  private static String holder() {
    return server
        .client()
        .leases()
        .inNamespace("leader")
        .withName("modelyard-operator")
        .get()
        .getSpec()
        .getHolderIdentity();
  }

  private static void assertRightsAreEnoughAndUsed(InstalledOperator installed) {
    Set<String> used = new TreeSet<>();
    installed.auditLog().calls().forEach(call -> used.add(call.rule()));

    assertThat(installed.auditLog().forbidden()).isEmpty();
    assertThat(installed.auditLog().agents()).containsExactly("modelyard-operator");
    assertThat(used).isEqualTo(ChartRules.allowed());
  }
}

package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

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

  private static void assertRightsAreEnoughAndUsed(InstalledOperator installed) {
    Set<String> used = new TreeSet<>();
    installed.auditLog().calls().forEach(call -> used.add(call.rule()));

    assertThat(installed.auditLog().forbidden()).isEmpty();
    assertThat(used).isEqualTo(ChartRules.allowed());
  }
}

package dev.modelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.e2e.support.AuditLog;
import dev.modelyard.e2e.support.Cluster;
import dev.modelyard.e2e.support.Disruptive;
import dev.modelyard.e2e.support.Operator;
import dev.modelyard.e2e.support.Rights;
import dev.modelyard.e2e.support.Settings;
import dev.modelyard.e2e.support.Space;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The operator needs each right that the chart gives it, and no other. The last class of a run:
 * what all the others made the operator do is in the audit log, too.
 */
@Disruptive
@Order(Integer.MAX_VALUE)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RbacTest {
  /** The Operator SDK refuses to start an election without it, and then patches. */
  private static final String ASKED_FOR_ONLY =
      AuditLog.Call.right("update", "coordination.k8s.io", "leases");

  private static final String REVISION = "modelyard.dev/revision";
  private static final String NOWHERE = "placement: {nodeSelector: {modelyard.dev/e2e: %s}}\n";

  @Test
  @Order(1)
  void eachRightIsUsedAndNoneIsMissing(Cluster cluster, Space space) {
    AuditLog log = log(cluster);
    // A lease that is there already would be taken and not made.
    cluster.operator().uninstall();
    cluster.client().leases().inNamespace(Operator.NAMESPACE).delete();
    cluster.operator().ensureInstalled();
    useEachRight(space);
    // The leader gives its lease back, the other one takes it.
    cluster.operator().handOver();

    assertThat(unused(cluster, log, Operator.ACCOUNT)).containsOnly(ASKED_FOR_ONLY);
    assertThat(unused(cluster, log, Operator.GATEWAY_ACCOUNT)).isEmpty();
    assertThat(refused(log)).isEmpty();
  }

  /** Granted and never used. */
  private static Set<String> unused(Cluster cluster, AuditLog log, String account) {
    Rights granted = Rights.of(cluster.client(), account);
    assertThat(granted.clusterRoles()).hasSize(1);
    Set<String> unused = new TreeSet<>(granted.rights());
    unused.removeAll(
        log.calls(account).stream().map(AuditLog.Call::right).collect(Collectors.toSet()));
    return unused;
  }

  @Test
  @Order(2)
  void anInstallOfOneNamespaceServesThatOneAndTouchesNoOther(Cluster cluster, Space watched) {
    AuditLog log = log(cluster);
    Map<String, String> values = Operator.defaultValues();
    values.put("watchNamespaces[0]", watched.name());
    try (Space other = Space.create(cluster, "elsewhere")) {
      other.apply("digits", other.digits(1, 1));
      ModelDeployment before = other.awaitServing("digits");
      cluster.operator().ensureInstalled(Settings.CHART, values);
      assertThat(Rights.of(cluster.client(), Operator.ACCOUNT).clusterRoles()).isEmpty();
      assertThat(Rights.of(cluster.client(), Operator.GATEWAY_ACCOUNT).clusterRoles()).isEmpty();

      other.scale("digits", 0);
      other.apply("second", other.digits(1, 0));
      watched.applyDigits("digits", 1);
      watched.awaitServing("digits");

      assertThat(other.get("digits").getStatus()).isEqualTo(before.getStatus());
      assertThat(other.get("second").getStatus()).isNull();
      assertThat(other.deployments("second")).isEmpty();
      assertThat(other.deployments("digits"))
          .allMatch(deployment -> deployment.getSpec().getReplicas() == 1);
      assertThat(watched.pods("digits")).isNotEmpty().allMatch(RbacTest::hasNoToken);
      assertThat(refused(log)).isEmpty();
    }
  }

  private static AuditLog log(Cluster cluster) {
    assumeTrue(cluster.auditLog().isPresent(), "skipped: MODELYARD_AUDIT_LOG is not set");
    return cluster.auditLog().get();
  }

  /** What operator and gateway were not allowed, a line each. */
  private static List<String> refused(AuditLog log) {
    return log.calls().stream()
        .filter(AuditLog.Call::forbidden)
        .map(AuditLog.Call::toString)
        .toList();
  }

  private static boolean hasNoToken(Pod pod) {
    return pod.getSpec().getVolumes().stream()
        .filter(volume -> volume.getProjected() != null)
        .flatMap(volume -> volume.getProjected().getSources().stream())
        .noneMatch(source -> source.getServiceAccountToken() != null);
  }

  private static void useEachRight(Space space) {
    // Children are made, an Event tells why none runs, a budget that was changed is put right;
    // another spec takes the Service with it, and the first Deployment and its budget go.
    space.apply("own", spec(space, "first", 2));
    space.awaitReason("own", "Ready", "Unschedulable", Space.PATIENCE);
    String first = space.deployments("own").get(0).getMetadata().getLabels().get(REVISION);
    loosenTheBudget(space, "own-" + first);
    space.apply("own", spec(space, "second", 2));
    await("the second Deployment alone")
        .atMost(Space.PATIENCE)
        .until(
            () -> space.deployments("own"),
            found -> found.size() == 1 && selects(found.get(0), "second"));
    space.awaitReason("own", "Ready", "Unschedulable", Space.PATIENCE);
    String second = space.deployments("own").get(0).getMetadata().getLabels().get(REVISION);
    space.scale("own", 1);
    await("no budget").atMost(Space.PATIENCE).until(() -> budget(space, "own-" + second) == null);

    // Names that are taken make the operator look whose they are.
    Deployment made = space.deployments("own").get(0);
    space.client().resource(foreignService(space, "taken-service")).create();
    space.apply("taken-service", spec(space, "first", 0));
    space.awaitReason("taken-service", "Ready", "NameConflict", Space.PATIENCE);
    space.client().resource(foreignBudget(space, "taken-budget-" + first)).create();
    space.apply("taken-budget", spec(space, "first", 2));
    space.awaitReason("taken-budget", "Ready", "NameConflict", Space.PATIENCE);
    space
        .client()
        .resource(made)
        .edit(
            deployment -> {
              deployment.getMetadata().getLabels().remove("modelyard.dev/model-deployment");
              return deployment;
            });
    await("the label that someone took off")
        .atMost(Space.PATIENCE)
        .until(() -> space.deployments("own"), found -> found.size() == 1);

    // The autoscaler starts a model that has never run.
    space.apply("scaled", spec(space, "first", 0) + "autoscaling: {maxReplicas: 1}\n");
    await("a first replica")
        .atMost(Space.PATIENCE)
        .until(() -> space.get("scaled").getSpec().replicas() == 1);
  }

  private static String spec(Space space, String node, int replicas) {
    return space.digits(1, replicas) + NOWHERE.formatted(node);
  }

  private static boolean selects(Deployment deployment, String node) {
    return deployment.getSpec().getTemplate().getSpec().getNodeSelector().containsValue(node);
  }

  private static void loosenTheBudget(Space space, String name) {
    space
        .client()
        .resource(budget(space, name))
        .edit(
            budget -> {
              budget.getSpec().setMaxUnavailable(new IntOrString(2));
              return budget;
            });
    await("the budget as it was")
        .atMost(Space.PATIENCE)
        .until(() -> budget(space, name).getSpec().getMaxUnavailable().getIntVal() == 1);
  }

  private static PodDisruptionBudget budget(Space space, String name) {
    return space
        .client()
        .policy()
        .v1()
        .podDisruptionBudget()
        .inNamespace(space.name())
        .withName(name)
        .get();
  }

  private static HasMetadata foreignService(Space space, String name) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace(space.name())
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .addNewPort()
        .withPort(80)
        .endPort()
        .endSpec()
        .build();
  }

  private static HasMetadata foreignBudget(Space space, String name) {
    return new PodDisruptionBudgetBuilder()
        .withNewMetadata()
        .withNamespace(space.name())
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withNewSelector()
        .addToMatchLabels("app", "someone-elses")
        .endSelector()
        .endSpec()
        .build();
  }
}

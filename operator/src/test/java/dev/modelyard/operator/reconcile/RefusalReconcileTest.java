package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.desired.Names;
import dev.modelyard.operator.status.Reason;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.kubernetes.client.WithKubernetesTestServer;
import org.junit.jupiter.api.Test;

/** What others, the API server or the spec itself do not allow. */
@QuarkusTest
@WithKubernetesTestServer
@QuarkusTestResource(RuntimeStubs.class)
class RefusalReconcileTest extends ReconcilerFixture {
  @Test
  void anObjectOfAnotherOwnerIsLeftAlone() {
    var foreign =
        cluster
            .client()
            .resource(
                new ServiceBuilder()
                    .withNewMetadata()
                    .withName("digits")
                    .withNamespace(cluster.namespace())
                    .endMetadata()
                    .withNewSpec()
                    .addToSelector("app", "theirs")
                    .endSpec()
                    .build())
            .create();

    cluster.apply("digits", FIRST);

    await().until(() -> "NameConflict".equals(cluster.reason("digits", "Ready")));
    assertThat(cluster.service("digits")).isEqualTo(foreign);
    assertThat(cluster.condition("digits", "Ready").getMessage())
        .contains("Service digits", "Rename this ModelDeployment");
    assertThat(cluster.get("digits").getStatus().url()).isNull();
    await().until(() -> cluster.event("NameConflict") != null);
    assertThat(cluster.event("NameConflict").getType()).isEqualTo("Warning");
    assertThat(cluster.event("NameConflict").getRegarding().getName()).isEqualTo("digits");
  }

  @Test
  void aDeploymentOrABudgetOfAnotherOwnerIsAConflictToo() {
    ModelDeployment unapplied = cluster.unapplied("digits", FIRST + "\nreplicas: 2");
    String name = Names.deployment("digits", Workloads.revision(unapplied));
    cluster.foreign(new DeploymentBuilder().withNewSpec().endSpec().build(), name);
    cluster.apply("digits", FIRST + "\nreplicas: 2");
    await().until(() -> "NameConflict".equals(cluster.reason("digits", "Ready")));
    assertThat(cluster.condition("digits", "Ready").getMessage()).contains("Deployment " + name);

    String revision = Workloads.revision(cluster.unapplied("other", FIRST + "\nreplicas: 2"));
    cluster.foreign(
        new PodDisruptionBudgetBuilder().withNewSpec().endSpec().build(),
        Names.disruptionBudget("other", revision));
    cluster.apply("other", FIRST + "\nreplicas: 2");
    await().until(() -> "NameConflict".equals(cluster.reason("other", "Ready")));
  }

  @Test
  void whatTheApiServerRefusesIsACondition() {
    server
        .expect()
        .post()
        .withPath("/apis/apps/v1/namespaces/" + cluster.namespace() + "/deployments")
        .andReturn(
            403,
            new StatusBuilder()
                .withCode(403)
                .withReason("Forbidden")
                .withMessage("deployments.apps is forbidden: exceeded quota: few, limited: count=1")
                .build())
        .once();

    cluster.apply("digits", FIRST);

    await().until(() -> "QuotaExceeded".equals(cluster.reason("digits", "Ready")));
    assertThat(cluster.condition("digits", "Ready").getMessage()).contains("exceeded quota: few");
  }

  /** Services go before the ModelDeployments, or after; making another would be in vain. */
  @Test
  void aNamespaceThatIsBeingDeletedIsNoFailure() {
    cluster.serve("digits", FIRST, "127.0.0.79");
    long failed = failedReconciles();
    String services = "/api/v1/namespaces/" + cluster.namespace() + "/services";
    server
        .expect()
        .post()
        .withPath(services)
        .andReturn(
            403,
            new StatusBuilder()
                .withCode(403)
                .withReason("Forbidden")
                .withMessage(
                    "services \"digits\" is forbidden: unable to create new content in namespace n"
                        + " because it is being terminated")
                .withNewDetails()
                .addNewCause()
                .withReason("NamespaceTerminating")
                .withMessage("namespace n is being terminated")
                .withField("metadata.namespace")
                .endCause()
                .endDetails()
                .build())
        .once();
    int asked = creations("services");

    cluster.client().resource(cluster.service("digits")).delete();

    await().until(() -> creations("services") > asked);
    reconcileAgain(cluster.get("digits"));
    assertThat(cluster.reason("digits", "Ready")).isEqualTo("Ready");
    assertThat(failedReconciles()).isEqualTo(failed);
    assertThat(cluster.event("InvalidPod")).isNull();
  }

  private int creations(String resource) {
    return (int)
        calls.writes(cluster.namespace()).stream()
            .filter(call -> call.resource().equals(resource) && call.verb().equals("create"))
            .count();
  }

  private long failedReconciles() {
    return meters.find("modelyard.reconcile.duration").tag("result", "failed").timer().count();
  }

  @Test
  void aMissingRightIsNamedAndHoldsUpNothingElse() {
    cluster.serve("digits", FIRST, "127.0.0.84");
    server
        .expect()
        .post()
        .withPath("/apis/policy/v1/namespaces/" + cluster.namespace() + "/poddisruptionbudgets")
        .andReturn(
            403,
            new StatusBuilder()
                .withCode(403)
                .withReason("Forbidden")
                .withMessage(
                    "poddisruptionbudgets.policy is forbidden: User \"system:serviceaccount:m:m\""
                        + " cannot create resource \"poddisruptionbudgets\" in API group"
                        + " \"policy\" in the namespace \"vision\"")
                .build())
        .once();

    cluster.apply("digits", FIRST + "\nreplicas: 2");

    await()
        .until(() -> Reason.ReconcileFailed.name().equals(cluster.reason("digits", "Progressing")));
    assertThat(cluster.condition("digits", "Progressing").getMessage())
        .contains(
            "may not create poddisruptionbudgets in the namespace vision",
            "{apiGroups: [policy], resources: [poddisruptionbudgets], verbs: [create]}",
            "rbac.create=true")
        .doesNotContain("http", "system:serviceaccount");
    assertThat(cluster.condition("digits", "Ready")).isNotNull();
    assertThat(cluster.get("digits").getStatus().url()).isNotNull();
    assertThat(cluster.get("digits").getStatus().phase()).isNotNull();
    await().until(() -> !cluster.budgets().isEmpty());
    await()
        .until(
            () -> !Reason.ReconcileFailed.name().equals(cluster.reason("digits", "Progressing")));
  }

  @Test
  void aServerThatFailsIsAskedAgain() {
    server
        .expect()
        .post()
        .withPath("/apis/apps/v1/namespaces/" + cluster.namespace() + "/deployments")
        .andReturn(
            403,
            new StatusBuilder()
                .withCode(403)
                .withMessage(
                    "deployments.apps is forbidden: User \"modelyard\" cannot create resource \"deployments\"")
                .build())
        .times(2);

    ModelDeployment resource = cluster.apply("digits", FIRST);

    await()
        .until(() -> Reason.ReconcileFailed.name().equals(cluster.reason("digits", "Progressing")));
    await().until(() -> cluster.deployment(Workloads.revision(resource)) != null);
    await()
        .until(
            () -> !Reason.ReconcileFailed.name().equals(cluster.reason("digits", "Progressing")));
  }

  @Test
  void aSpecWithANonsenseDurationIsACondition() {
    cluster.apply("digits", FIRST + "\nserving: {requestTimeout: soon}");

    await().until(() -> "InvalidConfiguration".equals(cluster.reason("digits", "Ready")));
    assertThat(cluster.condition("digits", "Ready").getMessage()).contains("soon");
  }
}

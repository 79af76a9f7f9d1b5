package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.desired.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.kubernetes.client.WithKubernetesTestServer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one resource becomes, and how it is kept so. */
@QuarkusTest
@WithKubernetesTestServer
@QuarkusTestResource(RuntimeStubs.class)
class ModelDeploymentReconcilerTest extends ReconcilerFixture {
  @Test
  void aNewResourceBecomesADeploymentAndAServiceOfItsOwn() {
    ModelDeployment resource = cluster.apply("digits", FIRST);
    String revision = Workloads.revision(resource);

    await().until(() -> cluster.get("digits").getStatus() != null);

    Deployment deployment = cluster.deployment(revision);
    assertThat(deployment.getSpec().getReplicas()).isEqualTo(1);
    for (var made : List.of(deployment, cluster.service("digits"))) {
      assertThat(made.getMetadata().getOwnerReferences())
          .singleElement()
          .satisfies(
              owner -> {
                assertThat(owner.getUid()).isEqualTo(resource.getMetadata().getUid());
                assertThat(owner.getController()).isTrue();
              });
    }
    assertThat(cluster.serving("digits")).isEqualTo(revision);
    assertThat(cluster.get("digits").getStatus().observedGeneration()).isEqualTo(1);
    assertThat(cluster.get("digits").getMetadata().getFinalizers()).isNullOrEmpty();
  }

  @Test
  void whatIsAsItShouldBeIsNotWritten() {
    ModelDeployment resource = cluster.apply("digits", FIRST + "\nreplicas: 2");
    await().until(() -> cluster.get("digits").getStatus() != null);
    assertThat(calls.writes(cluster.namespace()))
        .extracting(ApiCall::rule)
        .containsExactlyInAnyOrder(
            "apps/deployments create",
            "/services create",
            "policy/poddisruptionbudgets create",
            "modelyard.dev/modeldeployments/status patch");

    reconcileAgain(resource);
    reconcileAgain(resource);

    assertThat(calls.writes(cluster.namespace())).hasSize(4);
  }

  @Test
  void scalingLeavesTheTemplateAsItWasMade() {
    String revision = cluster.serve("digits", FIRST, "127.0.0.31");
    Deployment older =
        cluster
            .client()
            .resource(cluster.deployment(revision))
            .edit(
                d -> {
                  var container = d.getSpec().getTemplate().getSpec().getContainers().get(0);
                  container.setImage("registry.example.org/runtime:older");
                  return d;
                });

    cluster.apply("digits", FIRST + "\nreplicas: 3");

    await().until(() -> cluster.deployment(revision).getSpec().getReplicas() == 3);
    assertThat(cluster.deployment(revision).getSpec().getTemplate())
        .isEqualTo(older.getSpec().getTemplate());
    await().until(() -> !cluster.budgets().isEmpty());

    cluster.apply("digits", FIRST);

    await().until(() -> cluster.budgets().isEmpty());
  }

  @Test
  void aServiceThatWasChangedIsPutRight() {
    cluster.serve("digits", FIRST, "127.0.0.41");

    cluster
        .client()
        .resource(cluster.service("digits"))
        .edit(s -> new ServiceBuilder(s).editSpec().withType("NodePort").endSpec().build());

    await().until(() -> "ClusterIP".equals(cluster.service("digits").getSpec().getType()));
  }

  @Test
  void labelsThatWereTakenOffHoldUpNothing() {
    String revision = cluster.serve("digits", FIRST, "127.0.0.78");
    Deployment made = cluster.deployment(revision);
    takeOff(made, Labels.REVISION);
    takeOff(cluster.service("digits"), Labels.MODEL_DEPLOYMENT);

    cluster.apply("digits", FIRST + "\nreplicas: 2");

    await()
        .until(
            () ->
                cluster.client().resource(made).get().getSpec().getReplicas() == 2
                    && cluster.deployments().size() == 1);
    await()
        .until(
            () ->
                cluster
                    .service("digits")
                    .getMetadata()
                    .getLabels()
                    .containsKey(Labels.MODEL_DEPLOYMENT));
    await().until(() -> !"ReconcileFailed".equals(cluster.reason("digits", "Progressing")));
  }

  private void takeOff(HasMetadata object, String label) {
    cluster
        .client()
        .resource(object)
        .edit(
            now -> {
              now.getMetadata().getLabels().remove(label);
              return now;
            });
  }

  @Test
  void runtimesAreAskedUntilTheyAreReady() {
    ModelDeployment resource = cluster.apply("digits", FIRST);
    String revision = Workloads.revision(resource);
    await().until(() -> cluster.deployment(revision) != null);
    RuntimeStubs.answer(
        "127.0.0.51", "{\"state\":\"DOWNLOADING\",\"progress\":{\"done\":50,\"total\":100}}");
    Pod pod = cluster.startPod(revision, "127.0.0.51");

    await().until(() -> "ModelDownloading".equals(cluster.reason("digits", "ModelLoaded")));

    RuntimeStubs.answer(
        "127.0.0.51",
        "{\"state\":\"READY\",\"model\":{\"digest\":\"sha256:abc\",\"sizeBytes\":7,\"engine\":\"OnnxRuntime\",\"device\":\"cpu\"},\"timings\":{\"downloadMillis\":5,\"loadMillis\":6,\"warmUpMillis\":7}}");
    cluster.ready(pod);
    cluster.available(revision);

    await().until(() -> "Ready".equals(cluster.reason("digits", "Ready")));
    await().until(() -> cluster.get("digits").getStatus().stable().model() != null);
    assertThat(cluster.get("digits").getStatus().stable().model().digest()).isEqualTo("sha256:abc");
    await().until(() -> cluster.event("Ready") != null);

    int asked = RuntimeStubs.asked("127.0.0.51");
    cluster.serve("other", SECOND, "127.0.0.52"); // Takes several rounds of asking.
    assertThat(RuntimeStubs.asked("127.0.0.51")).isEqualTo(asked);
  }

  @Test
  void metricsCountResourcesByPhaseAndForgetDeletedOnes() {
    ModelDeployment resource = cluster.apply("digits", FIRST + "\nreplicas: 0");
    await()
        .until(
            () ->
                meters
                        .find("modelyard.model.deployment.ready")
                        .tag("namespace", cluster.namespace())
                        .gauge()
                    != null);
    assertThat(meters.find("modelyard.model.deployments").gauges()).isNotEmpty();

    cluster.client().resource(resource).delete();

    await()
        .until(
            () ->
                meters
                        .find("modelyard.model.deployment.ready")
                        .tag("namespace", cluster.namespace())
                        .gauge()
                    == null);
  }
}

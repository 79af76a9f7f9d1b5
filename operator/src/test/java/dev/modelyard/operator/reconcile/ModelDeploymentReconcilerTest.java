package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.desired.Labels;
import dev.modelyard.operator.desired.Names;
import dev.modelyard.operator.status.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.kubernetes.client.KubernetesServer;
import io.quarkus.test.kubernetes.client.KubernetesTestServer;
import io.quarkus.test.kubernetes.client.WithKubernetesTestServer;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestMethodOrder;

/** The wiring, on an API server that stores and watches but neither validates nor collects. */
@QuarkusTest
@WithKubernetesTestServer
@QuarkusTestResource(RuntimeStubs.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ModelDeploymentReconcilerTest {
  private static final String FIRST = "model: {uri: 'https://models.example.org/1.onnx'}";
  private static final String SECOND = "model: {uri: 'https://models.example.org/2.onnx'}";
  private static ApiCalls calls;

  @KubernetesTestServer KubernetesServer server;
  @Inject MeterRegistry meters;
  private Workloads cluster;

  @BeforeAll
  static void patience() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(20));
    Awaitility.setDefaultPollInterval(Duration.ofMillis(20));
  }

  @BeforeEach
  void ownNamespace(TestInfo test) {
    if (calls == null) {
      calls = new ApiCalls(server.getKubernetesMockServer());
    }
    cluster =
        new Workloads(
            server
                .getKubernetesMockServer()
                .createClient(b -> b.editOrNewConfig().withUserAgent(ApiCalls.TEST).endConfig()),
            test.getTestMethod().orElseThrow().getName().toLowerCase());
  }

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

  @Test
  void theDisruptionBudgetFollowsTheService() {
    String first = Workloads.revision(cluster.apply("digits", FIRST + "\nreplicas: 2"));
    await().until(() -> cluster.deployment(first) != null);
    cluster.ready(cluster.startPod(first, "127.0.0.61"));
    cluster.ready(cluster.startPod(first, "127.0.0.62"));
    cluster.available(first);
    await().until(() -> "Ready".equals(cluster.reason("digits", "Ready")));

    String second = Workloads.revision(cluster.apply("digits", SECOND + "\nreplicas: 2"));
    await().until(() -> cluster.deployment(second) != null);
    cluster.ready(cluster.startPod(second, "127.0.0.63"));
    cluster.ready(cluster.startPod(second, "127.0.0.64"));
    cluster.available(second);

    await().until(() -> second.equals(cluster.serving("digits")));
    await()
        .until(
            () ->
                cluster.budgets().stream()
                    .allMatch(
                        budget ->
                            second.equals(
                                budget
                                    .getSpec()
                                    .getSelector()
                                    .getMatchLabels()
                                    .get(Labels.REVISION))));
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
    cluster.foreign(new PodDisruptionBudgetBuilder().withNewSpec().endSpec().build(), "digits");
    String first = cluster.serve("digits", FIRST, "127.0.0.75");
    String second = Workloads.revision(cluster.apply("digits", SECOND + "\nreplicas: 2"));
    await().until(() -> cluster.deployment(second) != null);
    cluster.ready(cluster.startPod(second, "127.0.0.76"));
    cluster.ready(cluster.startPod(second, "127.0.0.77"));
    cluster.available(second);

    await().until(() -> second.equals(cluster.serving("digits")));
    await().until(() -> cluster.deployment(first) == null);
    assertThat(cluster.reason("digits", "Progressing")).isEqualTo("NameConflict");
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
    assertThat(cluster.condition("digits", "Ready").getMessage()).contains("Service digits");
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

    cluster.foreign(new PodDisruptionBudgetBuilder().withNewSpec().endSpec().build(), "other");
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

  @Test
  @Order(Integer.MAX_VALUE)
  void theChartsRulesAreWhatTheOperatorCalls() {
    Set<String> called = new TreeSet<>();
    calls.all().forEach(call -> called.add(call.rule()));

    assertThat(called).isEqualTo(ChartRules.allowed());
  }

  /** A change that matters to no one, but is looked at. */
  private void reconcileAgain(ModelDeployment resource) {
    long before = reconciles();
    cluster
        .client()
        .resource(cluster.deployment(Workloads.revision(resource)))
        .edit(
            d -> {
              d.getMetadata().getLabels().put("touched", Long.toString(before));
              return d;
            });
    await().until(() -> reconciles() > before);
  }

  private long reconciles() {
    return meters.find("modelyard.reconcile.duration").timers().stream()
        .mapToLong(Timer::count)
        .sum();
  }

  private List<ApiCall> lastWrites(int count, String... resources) {
    List<ApiCall> writes =
        calls.writes(cluster.namespace()).stream()
            .filter(call -> Set.of(resources).contains(call.resource()))
            .toList();
    return writes.subList(writes.size() - count, writes.size());
  }
}

package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The replicas follow what pods and gateways tell, on an API server that has a real /scale. */
class AutoscalingIT extends PackagedOperatorTest {
  private static final String MODEL = "model: {uri: 'https://models.example.org/1.onnx'}\n";
  private static final String GATEWAY = "127.0.5.250";

  @Test
  void fromZeroUpWithTheLoadAndDownToZero() {
    Workloads cluster = cluster("follows");
    InstalledOperator installed =
        InstalledOperator.clusterWide(server, "autoscaler")
            .withGateways(server, cluster.namespace(), "gateways");
    gateway(cluster);
    hold("follows", 0);
    String spec =
        MODEL
            + "autoscaling: {minReplicas: 0, maxReplicas: 5, target: {inFlightPerReplica: 4},"
            + " scaleToZeroAfter: 2s, scaleDownDelay: 1s}";
    try (OperatorProcess operator = installed.start(settings)) {
      load("127.0.5.1", 0, 0, 0, 60_000);
      String revision = cluster.serve("digits", spec, "127.0.5.1");
      assertThat(cluster.get("digits").getStatus().url())
          .isEqualTo("https://models.example.org/follows/digits");
      load("127.0.5.1", 0, 0, 0, 60_000);
      awaitReplicas(cluster, 0);
      assertThat(cluster.condition("digits", "AutoscalingActive").getMessage())
          .contains("1 to 0 replicas");
      cluster.client().pods().inNamespace(cluster.namespace()).delete();
      cluster.available(revision);
      await().until(() -> "ScaledToZero".equals(cluster.reason("digits", "Ready")));
    }
    // Another operator leads now: nothing is asked for, so nothing changes.
    try (OperatorProcess operator = installed.start(settings)) {
      await().until(() -> operator.reconciles() > 0 && operator.isIdle());
      String said = cluster.condition("digits", "AutoscalingActive").getMessage();
      assertThat(cluster.get("digits").getSpec().replicas()).isZero();
      assertThat(said).contains("1 to 0 replicas");

      hold("follows", 7);
      awaitReplicas(cluster, 2);
      assertThat(cluster.condition("digits", "AutoscalingActive").getMessage())
          .contains("0 to 2 replicas")
          .contains("7 held");
      await()
          .untilAsserted(
              () -> assertThat(cluster.event("SuccessfulRescale").getNote()).contains("replicas"));

      hold("follows", 0);
      String revision = Workloads.revision(cluster.get("digits"));
      load("127.0.5.2", 4, 16, 100, 0);
      cluster.ready(cluster.startPod(revision, "127.0.5.2"));
      cluster.available(revision);
      awaitReplicas(cluster, 5);
      assertThat(cluster.reason("digits", "AutoscalingActive"))
          .isIn("Autoscaling", "AtMaxReplicas");

      RuntimeStubs.answer("127.0.5.2", "nonsense");
      RuntimeStubs.answer(GATEWAY, "nonsense");
      await().until(() -> "SignalMissing".equals(cluster.reason("digits", "AutoscalingActive")));
      assertThat(cluster.get("digits").getSpec().replicas()).isEqualTo(5);
    }
    assertThat(installed.auditLog().forbidden()).isEmpty();
    assertThat(installed.auditLog().writes(cluster.namespace()))
        .filteredOn(call -> call.resource().equals("modeldeployments"))
        .allMatch(
            call -> call.rule().endsWith("/scale update") || call.rule().endsWith("/status patch"));
  }

  @Test
  void anotherAutoscalerIsLeftAlone() {
    Workloads cluster = cluster("shared");
    InstalledOperator installed = InstalledOperator.clusterWide(server, "aside");
    try (OperatorProcess operator = installed.start(settings)) {
      load("127.0.6.1", 100, 100, 0, 0);
      var autoscaler =
          cluster
              .client()
              .resource(
                  new HorizontalPodAutoscalerBuilder()
                      .withNewMetadata()
                      .withName("digits")
                      .withNamespace(cluster.namespace())
                      .endMetadata()
                      .withNewSpec()
                      .withMaxReplicas(3)
                      .withNewScaleTargetRef("modelyard.dev/v1alpha1", "ModelDeployment", "digits")
                      .endSpec()
                      .build())
              .create();
      cluster.serve("digits", MODEL + "autoscaling: {maxReplicas: 5}", "127.0.6.1");
      load("127.0.6.1", 100, 100, 0, 0);
      await()
          .until(() -> "ExternalAutoscaler".equals(cluster.reason("digits", "AutoscalingActive")));
      assertThat(cluster.condition("digits", "AutoscalingActive").getMessage())
          .contains("HorizontalPodAutoscaler digits");
      assertThat(cluster.get("digits").getSpec().replicas()).isEqualTo(1);

      cluster.client().resource(autoscaler).delete();
      awaitReplicas(cluster, 5);
    }
  }

  private static void awaitReplicas(Workloads cluster, int replicas) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              ModelDeployment found = cluster.get("digits");
              assertThat(found.getSpec().replicas()).isEqualTo(replicas);
              assertThat(found.getStatus().observedGeneration())
                  .isEqualTo(found.getMetadata().getGeneration());
            });
  }

  private static void load(String address, int inFlight, int queued, int completed, long idle) {
    RuntimeStubs.answer(
        address,
        """
        {"state": "READY", "model": {"digest": "sha256:abc"},
         "timings": {"downloadMillis": 1, "loadMillis": 1, "warmUpMillis": 1},
         "load": {"inFlight": %d, "queued": %d, "completed": %d, "rejected": 0, "failed": 0,
                  "idleMillis": %d}}
        """
            .formatted(inFlight, queued, completed, idle));
  }

  private static void hold(String namespace, int requests) {
    RuntimeStubs.answer(
        GATEWAY,
        requests == 0
            ? "{\"models\": []}"
            : "{\"models\": [{\"namespace\": \"%s\", \"name\": \"digits\", \"held\": %d}]}"
                .formatted(namespace, requests));
  }

  private void gateway(Workloads cluster) {
    cluster
        .client()
        .resource(
            new EndpointSliceBuilder()
                .withNewMetadata()
                .withName("gateways-1")
                .withNamespace(cluster.namespace())
                .addToLabels("kubernetes.io/service-name", "gateways")
                .endMetadata()
                // As IPv4 the API server takes no loopback address.
                .withAddressType("FQDN")
                .addNewEndpoint()
                .addToAddresses(GATEWAY)
                .endEndpoint()
                .addNewPort()
                .withName("management")
                .withPort(Integer.valueOf(settings.get("MODELYARD_RUNTIME_MANAGEMENT_PORT")))
                .endPort()
                .build())
        .create();
  }
}

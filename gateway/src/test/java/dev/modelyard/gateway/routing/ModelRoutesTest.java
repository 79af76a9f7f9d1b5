package dev.modelyard.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelRoutesTest {

  private static ModelDeployment model(String specAndStatus) {
    return Serialization.unmarshal(
        """
        apiVersion: modelyard.dev/v1alpha1
        kind: ModelDeployment
        metadata: {namespace: vision, name: digits}
        """
            + specAndStatus,
        ModelDeployment.class);
  }

  private static EndpointSlice slice(String address, String conditions) {
    return Serialization.unmarshal(
        """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: digits-1}
        addressType: IPv4
        ports: [{name: other, port: 1}, {name: http, port: 8080}]
        endpoints: [{addresses: ["%s"], conditions: %s}]
        """
            .formatted(address, conditions),
        EndpointSlice.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ready: true, serving: true, terminating: false} | true",
        "{} | true",
        "{ready: false, serving: false} | false",
        "{ready: false, serving: true, terminating: true} | false",
        "{ready: true, serving: true, terminating: true} | false",
      })
  void onlyPodsThatAreReadyAndStayGetRequests(String conditions, boolean taken) {
    ModelRoute route =
        ModelRoutes.of(model("spec: {replicas: 1}"), List.of(slice("10.1.2.3", conditions)));

    assertThat(route.ready())
        .isEqualTo(taken ? List.of(new Endpoint("10.1.2.3", 8080)) : List.of());
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, true",
    "127.77.0.2, true",
    "fd00::1, true",
    "169.254.169.254, false",
    "fe80::1, false",
    "0.0.0.0, false",
    "::, false",
    "224.0.0.1, false",
    "ff02::1, false",
    "255.255.255.255, false",
    "::ffff:169.254.169.254, false",
    "localhost, false",
    "example.org, false",
    "10.0.0.999, false",
    "'', false",
  })
  void onlyAddressesOfPodsAreAsked(String address, boolean asked) {
    assertThat(Endpoints.isOfAPod(address)).isEqualTo(asked);
  }

  @Test
  void slicesMayOverlap() {
    EndpointSlice slice = slice("10.1.2.3", "{}");

    assertThat(ModelRoutes.of(model("spec: {}"), List.of(slice, slice)).ready()).hasSize(1);
  }

  @Test
  void theLimitsAreThePods() {
    ModelRoute plain = ModelRoutes.of(model("spec: {}"), List.of());
    assertThat(plain.requestTimeout()).isEqualTo(Duration.ofSeconds(35));
    assertThat(plain.releaseWindow()).isEqualTo(64);
    assertThat(plain.capacity()).isEqualTo(1032);
    assertThat(plain.coldStart()).isNull();

    ModelRoute own =
        ModelRoutes.of(
            model(
                """
                spec:
                  serving: {batching: {maxSize: 8}, workers: 2, queueCapacity: 10, requestTimeout: 1m}
                status:
                  stable: {coldStart: {total: 23.4s}}
                """),
            List.of());
    assertThat(own.requestTimeout()).isEqualTo(Duration.ofSeconds(65));
    assertThat(own.releaseWindow()).isEqualTo(26);
    assertThat(own.capacity()).isEqualTo(26);
    assertThat(own.coldStart()).isEqualTo(Duration.ofMillis(23_400));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spec: {replicas: 1} | ",
        "spec: {} | ",
        "spec: {replicas: 0} | ScaledToZero",
        "spec: {replicas: 0, autoscaling: {minReplicas: 0, maxReplicas: 2}} | ",
      })
  void aModelThatNobodyStartsIsNotWaitedFor(String spec, String reason) {
    ModelRoute.Refusal refusal = ModelRoutes.of(model(spec), List.of()).refusal();

    assertThat(refusal == null ? null : refusal.reason()).isEqualTo(reason);
  }

  @Test
  void aModelThatHasFailedIsNotWaitedFor() {
    ModelDeployment failed =
        model(
            """
            spec: {replicas: 1}
            status:
              phase: Failed
              conditions:
              - {type: Progressing, status: "False", reason: RolloutFailed, message: no}
              - {type: Ready, status: "False", reason: DigestMismatch, message: another file}
            """);

    assertThat(ModelRoutes.of(failed, List.of()).refusal())
        .isEqualTo(new ModelRoute.Refusal("DigestMismatch", "another file"));
  }

  @Test
  void theServicesNameIsInTheStatusWhereTheModelsIsTooLong() {
    assertThat(ModelRoutes.serviceName(model("spec: {}"))).isEqualTo("digits");
    assertThat(
            ModelRoutes.serviceName(
                model("status: {selector: modelyard.dev/model-deployment=digits-bcdf}")))
        .isEqualTo("digits-bcdf");
  }
}

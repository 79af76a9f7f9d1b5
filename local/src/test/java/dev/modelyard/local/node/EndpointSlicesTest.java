package dev.modelyard.local.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointSlicesTest {
  private static final Service SERVICE =
      new ServiceBuilder()
          .withNewMetadata()
          .withName("digits")
          .withNamespace("vision")
          .withUid("service-uid")
          .addToLabels("modelyard.dev/model-deployment", "digits")
          .endMetadata()
          .withNewSpec()
          .withSelector(Map.of("app", "digits"))
          .addNewPort()
          .withName("http")
          .withPort(80)
          .withNewTargetPort("http")
          .endPort()
          .endSpec()
          .build();

  private static Pod pod(String name, String ready) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("vision")
        .withUid(name + "-uid")
        .addToLabels("app", "digits")
        .endMetadata()
        .withNewSpec()
        .withNodeName("laptop")
        .addNewContainer()
        .withName("runtime")
        .addNewPort()
        .withName("http")
        .withContainerPort(8080)
        .endPort()
        .endContainer()
        .endSpec()
        .withNewStatus()
        .withPhase("Running")
        .withPodIP("127.77.0.2")
        .addNewCondition()
        .withType("Ready")
        .withStatus(ready)
        .endCondition()
        .endStatus()
        .build();
  }

  private static Pod deleting(Pod pod) {
    return new PodBuilder(pod)
        .editMetadata()
        .withDeletionTimestamp("2026-01-01T00:00:00Z")
        .endMetadata()
        .build();
  }

  private static EndpointSlice only(Service service, Pod... pods) {
    List<EndpointSlice> slices = EndpointSlices.of(service, List.of(pods));
    assertThat(slices).hasSize(1);
    return slices.get(0);
  }

  @Test
  void belongsToItsServiceAndCarriesItsLabels() {
    EndpointSlice slice = only(SERVICE, pod("a", "True"));
    assertThat(slice.getMetadata().getLabels())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "modelyard.dev/model-deployment", "digits",
                "kubernetes.io/service-name", "digits",
                "endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io"));
    assertThat(slice.getMetadata().getOwnerReferences())
        .singleElement()
        .satisfies(
            owner -> {
              assertThat(owner.getKind()).isEqualTo("Service");
              assertThat(owner.getUid()).isEqualTo("service-uid");
              assertThat(owner.getController()).isTrue();
            });
    assertThat(slice.getPorts())
        .singleElement()
        .satisfies(
            port -> {
              assertThat(port.getName()).isEqualTo("http");
              assertThat(port.getPort()).isEqualTo(8080);
              assertThat(port.getProtocol()).isEqualTo("TCP");
            });
    Endpoint endpoint = slice.getEndpoints().get(0);
    assertThat(endpoint.getAddresses()).containsExactly("127.77.0.2");
    assertThat(endpoint.getNodeName()).isEqualTo("laptop");
    assertThat(endpoint.getTargetRef().getKind()).isEqualTo("Pod");
    assertThat(endpoint.getTargetRef().getName()).isEqualTo("a");
    assertThat(endpoint.getTargetRef().getUid()).isEqualTo("a-uid");
  }

  @ParameterizedTest
  @CsvSource({
    // pod ready, deleting, published not ready -> ready, serving, terminating
    "True,  false, false, true,  true,  false",
    "False, false, false, false, false, false",
    "True,  true,  false, false, true,  true",
    "False, true,  false, false, false, true",
    "False, false, true,  true,  false, false",
    "True,  true,  true,  true,  true,  true"
  })
  void saysWhatAnEndpointIsGoodFor(
      String podReady,
      boolean deleting,
      boolean publish,
      boolean ready,
      boolean serving,
      boolean terminating) {
    Service service =
        new ServiceBuilder(SERVICE)
            .editSpec()
            .withPublishNotReadyAddresses(publish)
            .endSpec()
            .build();
    Pod pod = pod("a", podReady);
    var conditions =
        only(service, deleting ? deleting(pod) : pod).getEndpoints().get(0).getConditions();
    assertThat(conditions.getReady()).isEqualTo(ready);
    assertThat(conditions.getServing()).isEqualTo(serving);
    assertThat(conditions.getTerminating()).isEqualTo(terminating);
  }

  @Test
  void leavesOutPodsThatItDoesNotMeanOrThatHaveNoAddress() {
    Pod ended =
        new PodBuilder(pod("a", "False")).editStatus().withPhase("Failed").endStatus().build();
    Pod waiting =
        new PodBuilder(pod("b", "False")).editStatus().withPodIP(null).endStatus().build();
    Pod other =
        new PodBuilder(pod("c", "True"))
            .editMetadata()
            .withLabels(Map.of("app", "other"))
            .endMetadata()
            .build();
    Pod elsewhere =
        new PodBuilder(pod("d", "True"))
            .editMetadata()
            .withNamespace("other")
            .endMetadata()
            .build();
    EndpointSlice slice = only(SERVICE, ended, waiting, other, elsewhere);
    assertThat(slice.getEndpoints()).isEmpty();
    assertThat(slice.getPorts()).isEmpty();
  }

  @Test
  void keepsItsNameWhateverThePods() {
    assertThat(only(SERVICE).getMetadata().getName())
        .isEqualTo(only(SERVICE, pod("a", "True")).getMetadata().getName())
        .startsWith("digits-");
  }

  @Test
  void hasASliceForEachSetOfPorts() {
    Pod other =
        new PodBuilder(pod("b", "True"))
            .editSpec()
            .editContainer(0)
            .editPort(0)
            .withContainerPort(8081)
            .endPort()
            .endContainer()
            .endSpec()
            .build();
    assertThat(EndpointSlices.of(SERVICE, List.of(pod("a", "True"), other, pod("c", "True"))))
        .extracting(slice -> slice.getPorts().get(0).getPort() + ":" + slice.getEndpoints().size())
        .containsExactly("8080:2", "8081:1");
  }

  @Test
  void makesNoneWithoutASelector() {
    Service service =
        new ServiceBuilder(SERVICE).editSpec().withSelector(Map.of()).endSpec().build();
    assertThat(EndpointSlices.of(service, List.of(pod("a", "True")))).isEmpty();
  }
}

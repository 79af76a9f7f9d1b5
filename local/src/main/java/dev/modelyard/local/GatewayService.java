package dev.modelyard.local;

import dev.modelyard.local.node.EndpointSlices;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/**
 * The Service of the gateway's management port, as the chart has it. The gateway is no pod here, so
 * that the Service has no selector, and its EndpointSlice is written by hand.
 */
final class GatewayService {
  static final String NAMESPACE = "modelyard-system";
  static final String NAME = "modelyard-gateway-management";
  private static final String PORT = "management";

  private GatewayService() {}

  /** Makes the namespace, the Service and the slice. */
  static void create(KubernetesClient client, int managementPort) {
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .create();
    client
        .resource(
            new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(NAME)
                .endMetadata()
                .withNewSpec()
                .withClusterIP("None")
                .addNewPort()
                .withName(PORT)
                .withPort(9000)
                .endPort()
                .endSpec()
                .build())
        .create();
    client
        .resource(
            new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(NAME)
                .addToLabels(EndpointSlices.SERVICE_NAME, NAME)
                .addToLabels(EndpointSlices.MANAGED_BY, "modelyard-laptop")
                .endMetadata()
                .withAddressType(EndpointSlices.ADDRESS_TYPE)
                .addNewPort()
                .withName(PORT)
                .withPort(managementPort)
                .withProtocol("TCP")
                .endPort()
                .addNewEndpoint()
                .withAddresses("127.0.0.1")
                .withNewConditions()
                .withReady(true)
                .endConditions()
                .endEndpoint()
                .build())
        .create();
  }
}

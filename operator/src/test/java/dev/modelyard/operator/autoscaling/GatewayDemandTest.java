package dev.modelyard.operator.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class GatewayDemandTest {
  private static final Path CONTRACT = Path.of("../docs/contract/gateway-status.json");

  @Test
  void understandsTheContractsAnswer() throws IOException {
    GatewayStatus status = new ObjectMapper().readValue(CONTRACT.toFile(), GatewayStatus.class);
    assertThat(status.models())
        .contains(new GatewayStatus.Model("vision", "digits", 12))
        .allMatch(model -> model.held() > 0);
  }

  @Test
  void anotherDocumentIsNoAnswer() {
    assertThatThrownBy(() -> new ObjectMapper().readValue("{}", GatewayStatus.class))
        .isInstanceOf(IOException.class);
  }

  @Test
  void everyGatewayIsAskedOnItsManagementPortReadyOrNot() {
    EndpointSlice slice =
        Serialization.unmarshal(
            """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: gateways-1}
            addressType: IPv4
            ports:
              - {name: management, port: 9000}
              - {name: http, port: 8080}
            endpoints:
              - {addresses: [10.0.0.1], conditions: {ready: true}}
              - {addresses: [10.0.0.2], conditions: {ready: false, terminating: true}}
              - {addresses: [169.254.169.254]}
              - {addresses: [metadata.example.org]}
            """,
            EndpointSlice.class);
    assertThat(GatewayDemand.endpoints(List.of(slice)))
        .containsExactlyInAnyOrder(
            URI.create("http://10.0.0.1:9000/status"), URI.create("http://10.0.0.2:9000/status"));
  }
}

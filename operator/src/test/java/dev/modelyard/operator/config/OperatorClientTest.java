package dev.modelyard.operator.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.kubernetes.client.WithKubernetesTestServer;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithKubernetesTestServer
class OperatorClientTest {
  @Inject Operator operator;
  @Inject KubernetesClient client;

  /** With its pings, its fence and its timeouts: the SDK makes a client of its own otherwise. */
  @Test
  void watchesAndWritesGoThroughTheClientThatIsConfiguredHere() {
    KubernetesClient used = operator.getKubernetesClient();
    assertThat(used.getHttpClient()).isSameAs(client.getHttpClient());
    assertThat(used.getConfiguration().getUserAgent()).isEqualTo(OperatorBeans.NAME);
  }
}

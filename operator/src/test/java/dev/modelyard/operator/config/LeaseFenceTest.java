package dev.modelyard.operator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaseFenceTest {
  private final KubernetesMockServer server =
      new KubernetesMockServer(
          new Context(),
          new MockWebServer(),
          new HashMap<>(),
          new KubernetesMixedDispatcher(new HashMap<>()),
          false);
  private Instant now = Instant.parse("2026-11-23T12:00:00Z");
  private KubernetesClient client;
  private Lease lease;

  @BeforeEach
  void start() {
    server.init();
    Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    client =
        new KubernetesClientBuilder()
            .withConfig(server.createClient().getConfiguration())
            .withHttpClientBuilderConsumer(
                http -> http.addOrReplaceInterceptor(LeaseFence.NAME, new LeaseFence(clock)))
            .build();
  }

  @AfterEach
  void stop() {
    client.close();
    server.destroy();
  }

  @Test
  void whoNeverLedIsNotKeptFromAsking() {
    now = now.plus(Duration.ofDays(1));
    create("before-it-leads");
  }

  @Test
  void whoLeadsWritesAsLongAsTheLeaseIsHeld() {
    take();
    now = now.plus(LeaseFence.HELD).minusMillis(1);
    create("in-time");
    renew();
    now = now.plus(LeaseFence.HELD).minusMillis(1);
    create("after-renewal");
  }

  @Test
  void whoWasStoppedForLongerWritesNothingUntilTheLeaseIsItsAgain() {
    take();
    create("before");
    now = now.plusSeconds(40);

    assertThatThrownBy(() -> create("after"))
        .isInstanceOf(KubernetesClientException.class)
        .hasStackTraceContaining("may be another's");
    assertThatThrownBy(() -> client.resource(map("before")).delete())
        .hasStackTraceContaining("may be another's");
    assertThat(client.configMaps().list().getItems())
        .extracting(ConfigMap::getMetadata)
        .extracting("name")
        .containsExactly("before");

    renew();
    create("again");
  }

  private void take() {
    lease =
        client
            .resource(new LeaseBuilder().withNewMetadata().withName("l").endMetadata().build())
            .create();
  }

  private void renew() {
    lease = client.resource(lease).patch();
  }

  private void create(String name) {
    client.resource(map(name)).create();
  }

  private static ConfigMap map(String name) {
    return new ConfigMapBuilder().withNewMetadata().withName(name).endMetadata().build();
  }
}

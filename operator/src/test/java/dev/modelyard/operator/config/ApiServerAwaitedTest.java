package dev.modelyard.operator.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApiServerAwaitedTest {
  private static final String READY = "/readyz";
  private final KubernetesMockServer server = new KubernetesMockServer(false);
  private KubernetesClient client;

  @BeforeEach
  void start() {
    server.init();
    client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(server.createClient().getConfiguration())
                    .withRequestRetryBackoffLimit(0)
                    .build())
            .build();
  }

  @AfterEach
  void stop() {
    client.close();
    server.destroy();
  }

  @Test
  void theStartGoesOnOnceTheServerIsReady() throws InterruptedException {
    server.expect().get().withPath(READY).andReturn(503, "not ready").times(2);
    server.expect().get().withPath(READY).andReturn(200, "ok").always();

    new ApiServerAwaited(client).await(Duration.ofMinutes(5));

    assertThat(server.getRequestCount()).isEqualTo(3);
  }

  @Test
  void whatIsRefusedIsNotWaitedFor() throws InterruptedException {
    server.expect().get().withPath(READY).andReturn(403, "no").always();

    new ApiServerAwaited(client).await(Duration.ofMinutes(5));

    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  @Test
  void theWaitEnds() throws InterruptedException {
    server.destroy();

    new ApiServerAwaited(client).await(Duration.ofSeconds(2));
  }
}

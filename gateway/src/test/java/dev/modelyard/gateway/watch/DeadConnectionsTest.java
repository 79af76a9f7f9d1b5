package dev.modelyard.gateway.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.gateway.testing.Network;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a network that forgets connections without a word to either end. */
class DeadConnectionsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Vertx vertx = Vertx.vertx();
  private final KubernetesMockServer server =
      new KubernetesMockServer(
          new Context(),
          new MockWebServer(),
          new HashMap<>(),
          new KubernetesMixedDispatcher(new HashMap<>()),
          false);
  private Network network;
  private KubernetesClient client;

  @BeforeEach
  void start() {
    server.init();
    network = new Network(server.getPort());
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("http://127.0.0.1:" + network.port())
            .withNamespace("default")
            .withWatchReconnectInterval(50)
            .build();
    client =
        new KubernetesClientBuilder()
            .withConfig(config)
            .withHttpClientFactory(
                new DeadConnections(
                    vertx, Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(3)))
            .build();
  }

  @AfterEach
  void stop() {
    client.close();
    network.close();
    server.destroy();
    vertx.close();
  }

  @Test
  void aWatchWhoseConnectionIsForgottenGoesOn() {
    try (SharedIndexInformer<Pod> pods = client.pods().inNamespace("default").inform()) {
      create("seen");
      await().atMost(PATIENCE).until(() -> pods.getStore().list().size() == 1);

      network.forget();
      create("seen-later");

      await().atMost(PATIENCE).until(() -> pods.getStore().list().size() == 2);
    }
  }

  @Test
  void aQuietWatchIsLeftAlone() {
    try (SharedIndexInformer<Pod> pods = client.pods().inNamespace("default").inform()) {
      await().atMost(PATIENCE).until(pods::isWatching);
      int connections = network.accepted();

      // Twice as long as a connection without an answer is kept.
      await()
          .during(Duration.ofSeconds(6))
          .atMost(PATIENCE)
          .until(() -> pods.isWatching() && network.accepted() == connections);

      create("seen");
      await().atMost(PATIENCE).until(() -> pods.getStore().list().size() == 1);
      assertThat(network.accepted()).isEqualTo(connections);
    }
  }

  private void create(String name) {
    try (KubernetesClient direct = server.createClient()) {
      direct
          .resource(
              new PodBuilder()
                  .withNewMetadata()
                  .withName(name)
                  .withNamespace("default")
                  .endMetadata()
                  .build())
          .create();
    }
  }
}

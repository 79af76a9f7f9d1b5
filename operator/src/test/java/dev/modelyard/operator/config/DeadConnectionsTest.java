package dev.modelyard.operator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a network that forgets connections without a word to either end. */
class DeadConnectionsTest {
  private final Vertx vertx = Vertx.vertx();
  private final KubernetesMockServer server =
      new KubernetesMockServer(
          new Context(),
          new MockWebServer(),
          new HashMap<>(),
          new KubernetesMixedDispatcher(new HashMap<>()),
          false);
  private ForgetfulNetwork network;
  private KubernetesClient client;

  @BeforeEach
  void start() throws IOException {
    server.init();
    network = new ForgetfulNetwork(server.getPort());
    client = client(Duration.ofSeconds(2));
  }

  private KubernetesClient client(Duration deadAfter) {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("http://127.0.0.1:" + network.port())
            .withNamespace("default")
            .withWatchReconnectInterval(50)
            .build();
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientFactory(
            new DeadConnections(vertx, Duration.ofMillis(200), Duration.ofSeconds(1), deadAfter))
        .build();
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    network.close();
    server.destroy();
    vertx.close();
  }

  @Test
  void aWatchWhoseConnectionIsForgottenGoesOn() {
    try (SharedIndexInformer<Pod> pods = client.pods().inNamespace("default").inform()) {
      create("seen");
      await().atMost(Duration.ofSeconds(20)).until(() -> pods.getStore().list().size() == 1);

      network.forget();
      create("seen-later");

      await().atMost(Duration.ofSeconds(60)).until(() -> pods.getStore().list().size() == 2);
    }
  }

  @Test
  void aCallOfTheElectionNeverMeetsADeadConnection() {
    client.pods().inNamespace("default").list();
    for (int i = 0; i < 3; i++) {
      client.leases().inNamespace("default").list();
      network.forget();
      long begun = System.nanoTime();

      client.leases().inNamespace("default").list();

      // On the pool's connection it would take the two seconds after which that is closed.
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
    }
  }

  /** It would be closed in the middle of the next request. */
  @Test
  void anUnusedConnectionIsNotTakenAgain() {
    try (KubernetesClient patient = client(Duration.ofMinutes(1))) {
      patient.pods().inNamespace("default").list();
      int connections = network.accepted();
      await().atMost(Duration.ofSeconds(20)).until(() -> network.closed() == connections);

      patient.pods().inNamespace("default").list();

      assertThat(network.accepted()).isEqualTo(connections + 1);
    }
  }

  @Test
  void aQuietWatchIsLeftAlone() {
    try (SharedIndexInformer<Pod> pods = client.pods().inNamespace("default").inform()) {
      await().atMost(Duration.ofSeconds(20)).until(pods::isWatching);
      int connections = network.accepted();

      // Longer than a connection without an answer would be kept.
      await()
          .during(Duration.ofSeconds(5))
          .atMost(Duration.ofSeconds(20))
          .until(() -> pods.isWatching() && network.accepted() == connections);
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

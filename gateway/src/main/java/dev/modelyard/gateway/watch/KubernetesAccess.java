package dev.modelyard.gateway.watch;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.quarkus.kubernetes.client.KubernetesConfigCustomizer;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;

/** The gateway's way to the API server. */
@Singleton
class KubernetesAccess implements KubernetesConfigCustomizer {
  private static final Duration PING = Duration.ofSeconds(3);

  private static final Duration UNUSED = Duration.ofSeconds(2);

  /** What a connection may be unused, and the request timeout in application.properties. */
  private static final Duration DEAD_AFTER = Duration.ofSeconds(12);

  @Override
  public void customize(Config config) {
    config.setUserAgent("modelyard-gateway");
  }

  @Produces
  @ApplicationScoped
  KubernetesClient client(Config config, KubernetesSerialization serialization, Vertx vertx) {
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withKubernetesSerialization(serialization)
        .withHttpClientFactory(new DeadConnections(vertx, PING, UNUSED, DEAD_AFTER))
        .build();
  }

  void close(@Disposes KubernetesClient client) {
    client.close();
  }
}

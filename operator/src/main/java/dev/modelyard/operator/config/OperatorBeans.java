package dev.modelyard.operator.config;

import dev.modelyard.operator.health.ReconcileTracker;
import dev.modelyard.operator.metrics.ReconcileMetrics;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.monitoring.AggregatedMetrics;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.quarkus.kubernetes.client.KubernetesConfigCustomizer;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * What the Operator SDK and the Kubernetes client take from the settings. A {@code
 * ConfigurationServiceCustomizer} would say it too, but with one the Operator SDK's extension makes
 * Kubernetes clients of its own, without the time limits and the name.
 */
@Singleton
class OperatorBeans implements KubernetesConfigCustomizer {
  /** Name of the operator with the API server: in managed fields and in its audit log. */
  static final String NAME = "modelyard-operator";

  private static final Duration PING = Duration.ofSeconds(3);

  private static final Duration UNUSED = Duration.ofSeconds(2);

  /** What a connection may be unused, and the request timeout in application.properties. */
  private static final Duration DEAD_AFTER = Duration.ofSeconds(12);

  @Produces
  @Singleton
  OperatorSettings settings(OperatorConfig config) {
    return OperatorSettings.of(config);
  }

  @Produces
  @Singleton
  Metrics metrics(ReconcileMetrics metrics, ReconcileTracker tracker) {
    return new AggregatedMetrics(List.of(metrics, tracker));
  }

  /** Null, which the Operator SDK takes for none, where leader election is off. */
  @Produces
  @Dependent
  LeaderElectionConfiguration leaderElection(LeaderLease lease) {
    return lease.configuration().orElse(null);
  }

  @Produces
  @Singleton
  Clock clock() {
    return Clock.systemUTC();
  }

  @Override
  public void customize(Config config) {
    config.setUserAgent(NAME);
  }

  @Produces
  @ApplicationScoped
  KubernetesClient client(
      Config config, KubernetesSerialization serialization, Vertx vertx, LeaseFence fence) {
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withKubernetesSerialization(serialization)
        .withHttpClientFactory(new DeadConnections(vertx, PING, UNUSED, DEAD_AFTER))
        .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor(LeaseFence.NAME, fence))
        .build();
  }

  void close(@Disposes KubernetesClient client) {
    client.close();
  }
}

package dev.modelyard.operator.config;

import dev.modelyard.operator.health.ReconcileTracker;
import dev.modelyard.operator.metrics.ReconcileMetrics;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.monitoring.AggregatedMetrics;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.quarkiverse.operatorsdk.runtime.api.ConfigurationServiceCustomizer;
import io.quarkus.kubernetes.client.KubernetesConfigCustomizer;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Tells the Operator SDK and the Kubernetes client what the settings say. */
@Singleton
class OperatorBeans implements ConfigurationServiceCustomizer {
  /** Name of the operator with the API server: in managed fields and in its audit log. */
  static final String NAME = "modelyard-operator";

  private static final Duration PING = Duration.ofSeconds(5);

  /** Above the request timeout in application.properties. */
  private static final Duration DEAD_AFTER = Duration.ofSeconds(22);

  private final OperatorSettings settings;
  private final LeaderLease lease;
  private final Metrics metrics;

  OperatorBeans(OperatorSettings settings, LeaderLease lease, Metrics metrics) {
    this.settings = settings;
    this.lease = lease;
    this.metrics = metrics;
  }

  @Override
  public Consumer<ConfigurationServiceOverrider> overrider() {
    return overrider -> {
      overrider
          .withConcurrentReconciliationThreads(settings.maxConcurrentReconciles())
          .withMetrics(metrics)
          // What reconciles when the process is told to stop may finish its writes.
          .withReconciliationTerminationTimeout(Duration.ofSeconds(10))
          // The lease is released with the client after the operator has stopped.
          .withCloseClientOnStop(false);
      lease.configuration().ifPresent(overrider::withLeaderElectionConfiguration);
    };
  }

  /** What CDI makes. */
  @Singleton
  static class Producers implements KubernetesConfigCustomizer {
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
          .withHttpClientFactory(new WatchPings(vertx, PING, DEAD_AFTER))
          .withHttpClientBuilderConsumer(
              http -> http.addOrReplaceInterceptor(LeaseFence.NAME, fence))
          .build();
    }

    void close(@Disposes KubernetesClient client) {
      client.close();
    }
  }
}

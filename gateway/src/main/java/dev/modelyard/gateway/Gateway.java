package dev.modelyard.gateway;

import dev.modelyard.gateway.config.GatewayConfig;
import dev.modelyard.gateway.config.GatewaySettings;
import dev.modelyard.gateway.dispatch.Models;
import dev.modelyard.gateway.hold.HoldBudget;
import dev.modelyard.gateway.keys.KeyFile;
import dev.modelyard.gateway.metrics.GatewayMetrics;
import dev.modelyard.gateway.proxy.GatewayServer;
import dev.modelyard.gateway.proxy.Traffic;
import dev.modelyard.gateway.watch.ClusterWatch;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Puts the gateway together. */
@Singleton
class Gateway {

  @Produces
  @Singleton
  GatewaySettings settings(GatewayConfig config) {
    return GatewaySettings.of(config);
  }

  @Produces
  @Singleton
  GatewayMetrics metrics(MeterRegistry registry) {
    return new GatewayMetrics(registry);
  }

  @Produces
  @Singleton
  Models models(GatewaySettings settings, GatewayMetrics metrics) {
    GatewaySettings.Hold hold = settings.hold();
    return new Models(
        hold.maxPerModel(),
        new HoldBudget(hold.maxRequests(), hold.maxBytes()),
        model -> metrics.model(model.route().key(), model::held),
        System::nanoTime);
  }

  @Produces
  @Singleton
  ClusterWatch watch(KubernetesClient client, GatewaySettings settings, Models models) {
    return new ClusterWatch(client, settings.namespaces(), models);
  }

  /**
   * @throws IllegalArgumentException where the file of the keys cannot be used
   */
  @Produces
  @Singleton
  KeyFile keys(GatewaySettings settings) {
    return new KeyFile(settings.keysFile().orElse(null));
  }

  @Produces
  @Singleton
  Traffic traffic(GatewaySettings settings, Models models, KeyFile keys, GatewayMetrics metrics) {
    return new Traffic(settings, models, keys, metrics);
  }

  @Produces
  @Singleton
  GatewayServer server(Vertx vertx, Traffic traffic) {
    return new GatewayServer(vertx, traffic);
  }
}

package dev.modelyard.operator.metrics;

import dev.modelyard.api.v1alpha1.ModelDeploymentStatus;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.Phase;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * ModelDeployments by phase, and whether each is Ready, as of their last reconcile. An operator
 * that waits for the lease reports none, so that summing over operators counts each once.
 */
@Singleton
public class ModelDeploymentMetrics {
  private record Entry(Phase phase, boolean ready, Gauge gauge) {}

  private final MeterRegistry registry;
  private final Map<ResourceID, Entry> entries = new ConcurrentHashMap<>();

  ModelDeploymentMetrics(MeterRegistry registry) {
    this.registry = registry;
    for (Phase phase : Phase.values()) {
      Gauge.builder("modelyard.model.deployments", entries, all -> count(all, phase))
          .description("ModelDeployments by phase")
          .tag("phase", phase.name())
          .register(registry);
    }
  }

  private static long count(Map<ResourceID, Entry> entries, Phase phase) {
    return entries.values().stream().filter(entry -> entry.phase() == phase).count();
  }

  /** Notes what a reconcile found. */
  public void observed(ResourceID id, ModelDeploymentStatus status) {
    boolean ready =
        Optional.ofNullable(status.conditions()).stream()
            .flatMap(java.util.List::stream)
            .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
    entries.compute(
        id,
        (key, entry) ->
            new Entry(status.phase(), ready, entry == null ? gauge(key) : entry.gauge()));
  }

  private Gauge gauge(ResourceID id) {
    return ModelGauges.register(
        registry,
        "modelyard.model.deployment.ready",
        "1 where as many replicas serve as are wanted",
        id,
        () -> isReady(id) ? 1 : 0);
  }

  private boolean isReady(ResourceID id) {
    Entry entry = entries.get(id);
    return entry != null && entry.ready();
  }

  /** Forgets a resource that was deleted. */
  public void removed(ResourceID id) {
    Entry entry = entries.remove(id);
    if (entry != null) {
      registry.remove(entry.gauge());
    }
  }
}

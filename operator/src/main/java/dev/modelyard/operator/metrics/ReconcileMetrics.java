package dev.modelyard.operator.metrics;

import dev.modelyard.operator.config.LeaderLease;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** How long reconciles take, how many fail and how many wait. */
@Singleton
@Typed(ReconcileMetrics.class)
public class ReconcileMetrics implements Metrics {
  private final Timer succeeded;
  private final Timer failed;
  private final Counter retries;
  private final Set<ResourceID> queued = ConcurrentHashMap.newKeySet();
  private final Map<ResourceID, Long> startedNanos = new ConcurrentHashMap<>();
  private final ModelDeploymentMetrics resources;

  ReconcileMetrics(MeterRegistry registry, ModelDeploymentMetrics resources, LeaderLease lease) {
    this.resources = resources;
    this.succeeded = timer(registry, "succeeded");
    this.failed = timer(registry, "failed");
    this.retries =
        Counter.builder("modelyard.reconcile.retries")
            .description("Reconciles that repeat one that failed")
            .register(registry);
    Gauge.builder("modelyard.reconcile.queued", queued, Set::size)
        .description("Resources that wait to be reconciled")
        .register(registry);
    Gauge.builder("modelyard.reconcile.active", startedNanos, Map::size)
        .description("Resources that are being reconciled")
        .register(registry);
    Gauge.builder("modelyard.leader", lease, l -> l.isLeading() ? 1 : 0)
        .description("1 where this operator reconciles, 0 where it waits for the lease")
        .strongReference(true)
        .register(registry);
  }

  private static Timer timer(MeterRegistry registry, String result) {
    return Timer.builder("modelyard.reconcile.duration")
        .description("Duration of reconciles")
        .tag("result", result)
        .serviceLevelObjectives(
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            Duration.ofMillis(25),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30))
        .register(registry);
  }

  @Override
  public void reconciliationSubmitted(
      HasMetadata resource, RetryInfo retryInfo, Map<String, Object> metadata) {
    queued.add(ResourceID.fromResource(resource));
    if (retryInfo != null && retryInfo.getAttemptCount() > 0) {
      retries.increment();
    }
  }

  @Override
  public void reconciliationStarted(HasMetadata resource, Map<String, Object> metadata) {
    ResourceID id = ResourceID.fromResource(resource);
    queued.remove(id);
    startedNanos.put(id, System.nanoTime());
  }

  @Override
  public void reconciliationSucceeded(HasMetadata resource, Map<String, Object> metadata) {
    stop(succeeded, resource);
  }

  @Override
  public void reconciliationFailed(
      HasMetadata resource, RetryInfo retry, Exception exception, Map<String, Object> metadata) {
    stop(failed, resource);
  }

  private void stop(Timer timer, HasMetadata resource) {
    Long started = startedNanos.remove(ResourceID.fromResource(resource));
    if (started != null) {
      timer.record(Duration.ofNanos(System.nanoTime() - started));
    }
  }

  @Override
  public void cleanupDone(ResourceID resourceId, Map<String, Object> metadata) {
    queued.remove(resourceId);
    startedNanos.remove(resourceId);
    resources.removed(resourceId);
  }
}

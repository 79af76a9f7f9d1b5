package dev.modelyard.operator.health;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Knows which resources are being reconciled since when, and which keep failing since when. */
@Singleton
@Typed(ReconcileTracker.class)
public class ReconcileTracker implements Metrics {

  /**
   * @param failed how often in a row
   */
  public record Failing(ResourceID resource, Instant since, int failed, String cause) {}

  private final Clock clock;
  private final Map<ResourceID, Instant> active = new ConcurrentHashMap<>();
  private final Map<ResourceID, Failing> failing = new ConcurrentHashMap<>();

  ReconcileTracker(Clock clock) {
    this.clock = clock;
  }

  /** The reconcile that has been running for longest. */
  public Optional<Map.Entry<ResourceID, Instant>> longestActive() {
    return active.entrySet().stream().min(Map.Entry.comparingByValue()).map(Map.Entry::copyOf);
  }

  /** The resource that has failed for longest. */
  public Optional<Failing> longestFailing() {
    return failing.values().stream().min(Comparator.comparing(Failing::since));
  }

  /** How many resources failed at their last reconcile. */
  public int failing() {
    return failing.size();
  }

  Duration since(Instant instant) {
    return Duration.between(instant, clock.instant());
  }

  @Override
  public void reconciliationStarted(HasMetadata resource, Map<String, Object> metadata) {
    active.put(ResourceID.fromResource(resource), clock.instant());
  }

  @Override
  public void reconciliationFinished(
      HasMetadata resource, RetryInfo retryInfo, Map<String, Object> metadata) {
    if (resource != null) {
      active.remove(ResourceID.fromResource(resource));
    }
  }

  @Override
  public void reconciliationSucceeded(HasMetadata resource, Map<String, Object> metadata) {
    failing.remove(ResourceID.fromResource(resource));
  }

  @Override
  public void reconciliationFailed(
      HasMetadata resource, RetryInfo retry, Exception exception, Map<String, Object> metadata) {
    failing.compute(
        ResourceID.fromResource(resource),
        (id, before) ->
            new Failing(
                id,
                before == null ? clock.instant() : before.since(),
                before == null ? 1 : before.failed() + 1,
                exception.getMessage()));
  }

  @Override
  public void cleanupDone(ResourceID resourceId, Map<String, Object> metadata) {
    active.remove(resourceId);
    failing.remove(resourceId);
  }
}

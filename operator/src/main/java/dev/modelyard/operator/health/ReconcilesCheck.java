package dev.modelyard.operator.health;

import dev.modelyard.operator.config.LeaderLease;
import dev.modelyard.operator.config.OperatorConfig;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Not ready while a resource has failed to reconcile for too long: the API server refuses or does
 * not answer. Restarting would not help, so this is no liveness check.
 */
@Readiness
@Singleton
class ReconcilesCheck implements HealthCheck {
  private final ReconcileTracker tracker;
  private final LeaderLease lease;
  private final OperatorConfig.Health config;

  ReconcilesCheck(ReconcileTracker tracker, LeaderLease lease, OperatorConfig config) {
    this.tracker = tracker;
    this.lease = lease;
    this.config = config.health();
  }

  @Override
  public HealthCheckResponse call() {
    var response =
        HealthCheckResponse.named("reconciles")
            .withData("leading", lease.isLeading())
            .withData("failing", tracker.failing())
            .up();
    tracker
        .longestFailing()
        .ifPresent(
            failing ->
                response
                    .withData("longestFailing", failing.resource().toString())
                    .withData("since", failing.since().toString())
                    .withData("failed", failing.failed())
                    .withData("cause", String.valueOf(failing.cause()))
                    .status(tracker.since(failing.since()).compareTo(config.failingAfter()) <= 0));
    return response.build();
  }
}

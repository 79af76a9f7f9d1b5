package dev.modelyard.operator.health;

import dev.modelyard.operator.config.OperatorConfig;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RegisteredController;
import io.javaoperatorsdk.operator.health.InformerWrappingEventSourceHealthIndicator;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * Not live where an informer has stopped for good or a reconcile hangs: only a restart helps. An
 * API server that does not answer is no reason, informers wait for it.
 */
@Liveness
@Singleton
class AliveCheck implements HealthCheck {
  private final Operator operator;
  private final ReconcileTracker tracker;
  private final OperatorConfig.Health config;

  AliveCheck(Operator operator, ReconcileTracker tracker, OperatorConfig config) {
    this.operator = operator;
    this.tracker = tracker;
    this.config = config.health();
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("operator").up();
    if (operator.getRuntimeInfo().isStarted()) {
      for (RegisteredController<?> controller :
          operator.getRuntimeInfo().getRegisteredControllers()) {
        stoppedInformers(controller).forEach(name -> response.withData(name, "stopped").down());
      }
    }
    tracker
        .longestActive()
        .filter(active -> tracker.since(active.getValue()).compareTo(config.hungAfter()) > 0)
        .ifPresent(
            active ->
                response
                    .withData("hung", active.getKey().toString())
                    .withData("since", active.getValue().toString())
                    .down());
    return response.build();
  }

  private static Stream<String> stoppedInformers(RegisteredController<?> controller) {
    return controller
        .getControllerHealthInfo()
        .informerEventSourceHealthIndicators()
        .entrySet()
        .stream()
        .filter(source -> hasStopped(source.getValue()))
        .map(Map.Entry::getKey);
  }

  private static boolean hasStopped(InformerWrappingEventSourceHealthIndicator<?> source) {
    return source.informerHealthIndicators().values().stream()
        .anyMatch(informer -> !informer.isRunning());
  }
}

package dev.modelyard.runtime.api.v2;

import dev.modelyard.runtime.inference.LatencyBounds;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/** {@code modelyard_request_duration_seconds}: from the head of a request to its answer. */
final class RequestMetrics {
  private final MeterRegistry registry;
  private final String model;
  private final ConcurrentMap<Integer, Timer> timers = new ConcurrentHashMap<>();

  RequestMetrics(MeterRegistry registry, String model) {
    this.registry = registry;
    this.model = model;
  }

  /**
   * @param code HTTP status; 499 for a client that went away
   */
  void record(int code, long nanos) {
    timers.computeIfAbsent(code, this::timer).record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer timer(int code) {
    return Timer.builder("modelyard.request.duration")
        .description("Inference requests, from arrival to answer")
        .tag("model", model)
        .tag("code", Integer.toString(code))
        .serviceLevelObjectives(LatencyBounds.all())
        .register(registry);
  }
}

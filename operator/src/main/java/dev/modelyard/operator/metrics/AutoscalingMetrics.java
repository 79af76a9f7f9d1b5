package dev.modelyard.operator.metrics;

import dev.modelyard.operator.autoscaling.policy.Cause;
import dev.modelyard.operator.autoscaling.policy.Decision;
import dev.modelyard.operator.autoscaling.policy.Signal;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** What the autoscaler sees and does. */
@Singleton
public class AutoscalingMetrics {
  private record Model(Gauge load, Gauge wanted) {}

  private final MeterRegistry registry;
  private final Map<ResourceID, Double> loads = new ConcurrentHashMap<>();
  private final Map<ResourceID, Model> models = new ConcurrentHashMap<>();
  private final Map<Cause, Counter> decisions = new EnumMap<>(Cause.class);
  private final Counter failed;
  private final Timer delay;

  AutoscalingMetrics(MeterRegistry registry) {
    this.registry = registry;
    for (Cause cause : Cause.values()) {
      decisions.put(
          cause,
          Counter.builder("modelyard.autoscaling.decisions")
              .description("Looks at a model's load, by what came of it")
              .tag("cause", cause.name().toLowerCase(java.util.Locale.ROOT))
              .register(registry));
    }
    this.failed =
        Counter.builder("modelyard.autoscaling.writes.failed")
            .description("Numbers of replicas that the API server did not take")
            .register(registry);
    this.delay =
        Timer.builder("modelyard.autoscaling.delay")
            .description("From the sample that asks for another number of replicas to its write")
            .serviceLevelObjectives(
                Duration.ofMillis(10),
                Duration.ofMillis(50),
                Duration.ofMillis(200),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5))
            .register(registry);
  }

  /** Begins to show a model. */
  public void watch(ResourceID id, IntSupplier wanted) {
    models.computeIfAbsent(
        id,
        key ->
            new Model(
                gauge("load", "Requests in flight, queued and held", id)
                    .apply(() -> loads.getOrDefault(id, 0.0)),
                gauge("wanted.replicas", "Replicas that the autoscaler wants", id)
                    .apply(wanted::getAsInt)));
  }

  private java.util.function.Function<java.util.function.Supplier<Number>, Gauge> gauge(
      String name, String description, ResourceID id) {
    return value ->
        Gauge.builder("modelyard.autoscaling." + name, value)
            .description(description)
            .tag("namespace", id.getNamespace().orElse(""))
            .tag("name", id.getName())
            .register(registry);
  }

  /** Counts a look at a model's load. */
  public void decided(ResourceID id, Signal signal, Cause cause) {
    decisions.get(cause).increment();
    if (signal instanceof Signal.Measured measured && !cause.withoutSignal()) {
      loads.put(id, measured.inFlight() + measured.queued() + measured.held());
    }
  }

  /**
   * Counts a change that was written.
   *
   * @param nanos since the sample
   */
  public void scaled(int before, Decision decision, long nanos) {
    Counter.builder("modelyard.autoscaling.scales")
        .description("Changes of the number of replicas, by direction and cause")
        .tag("direction", decision.replicas() > before ? "up" : "down")
        .tag("cause", decision.cause().name().toLowerCase(java.util.Locale.ROOT))
        .register(registry)
        .increment();
    delay.record(nanos, TimeUnit.NANOSECONDS);
  }

  public void scaleFailed() {
    failed.increment();
  }

  /** Shows a model no more. */
  public void forget(ResourceID id) {
    loads.remove(id);
    Model model = models.remove(id);
    if (model != null) {
      List.of(model.load(), model.wanted()).forEach(registry::remove);
    }
  }
}

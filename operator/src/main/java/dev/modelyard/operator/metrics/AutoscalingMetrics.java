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
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;

/** What the autoscaler sees and does. */
@Singleton
public class AutoscalingMetrics {
  private record Model(AtomicReference<Double> load, List<Gauge> gauges) {}

  private final MeterRegistry registry;
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
              .tag("cause", tag(cause))
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

  private static String tag(Cause cause) {
    return cause.name().toLowerCase(Locale.ROOT);
  }

  /** Begins to show a model. */
  public void watch(ResourceID id, IntSupplier wanted) {
    models.computeIfAbsent(
        id,
        key -> {
          AtomicReference<Double> load = new AtomicReference<>(0.0);
          return new Model(
              load,
              List.of(
                  ModelGauges.register(
                      registry,
                      "modelyard.autoscaling.load",
                      "Requests in flight, queued and held",
                      id,
                      load::get),
                  ModelGauges.register(
                      registry,
                      "modelyard.autoscaling.wanted.replicas",
                      "Replicas that the autoscaler wants",
                      id,
                      wanted::getAsInt)));
        });
  }

  /** Counts a look at a model's load. */
  public void decided(ResourceID id, Signal signal, Cause cause) {
    decisions.get(cause).increment();
    Model model = models.get(id);
    if (model != null && signal instanceof Signal.Measured measured && !cause.withoutSignal()) {
      model.load().set(measured.inFlight() + measured.queued() + measured.held());
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
        .tag("cause", tag(decision.cause()))
        .register(registry)
        .increment();
    delay.record(nanos, TimeUnit.NANOSECONDS);
  }

  public void scaleFailed() {
    failed.increment();
  }

  /** Shows a model no more. */
  public void forget(ResourceID id) {
    Model model = models.remove(id);
    if (model != null) {
      model.gauges().forEach(registry::remove);
    }
  }
}

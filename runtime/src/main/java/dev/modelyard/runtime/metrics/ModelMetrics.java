package dev.modelyard.runtime.metrics;

import dev.modelyard.runtime.model.LifecycleListener;
import dev.modelyard.runtime.model.ModelLifecycle;
import dev.modelyard.runtime.model.ModelState;
import dev.modelyard.runtime.model.Phase;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Locale;

/**
 * {@code modelyard_model_state{state}} (0 or 1), {@code modelyard_model_load_seconds{phase}} and
 * {@code modelyard_model_download_bytes_total}.
 */
@Singleton
class ModelMetrics implements LifecycleListener {
  private final MeterRegistry registry;

  ModelMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** The lifecycle is no field: it is told of the listeners when it is made. */
  void register(@Observes StartupEvent event, ModelLifecycle lifecycle) {
    for (ModelState state : ModelState.values()) {
      Gauge.builder(
              "modelyard.model.state", lifecycle, model -> model.status().state() == state ? 1 : 0)
          .description("1 for the state that the model is in, 0 for the others")
          .tag("state", label(state))
          .register(registry);
    }
    FunctionCounter.builder("modelyard.model.download", lifecycle, ModelLifecycle::downloadedBytes)
        .description("Bytes of the model received over the network")
        .baseUnit("bytes")
        .register(registry);
  }

  @Override
  public void finished(Phase phase, Duration took) {
    double seconds = took.toNanos() / 1e9;
    Gauge.builder("modelyard.model.load", () -> seconds)
        .description("How long a phase of the model's start took")
        .baseUnit("seconds")
        .tag("phase", label(phase))
        .strongReference(true)
        .register(registry);
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}

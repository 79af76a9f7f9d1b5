package dev.modelyard.operator.metrics;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/** Gauges of one ModelDeployment. */
final class ModelGauges {
  private ModelGauges() {}

  static Gauge register(
      MeterRegistry registry,
      String name,
      String description,
      ResourceID id,
      Supplier<Number> value) {
    return Gauge.builder(name, value)
        .description(description)
        .tag("namespace", id.getNamespace().orElse(""))
        .tag("name", id.getName())
        .register(registry);
  }
}

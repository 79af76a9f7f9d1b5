package dev.modelyard.gateway.metrics;

import dev.modelyard.gateway.routing.ModelKey;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/** What is measured of the gateway as a whole. Labels never come from a client. */
public final class GatewayMetrics {
  private static final int CLASSES = 6;

  private final MeterRegistry registry;
  private final AtomicReferenceArray<Counter> unrouted = new AtomicReferenceArray<>(CLASSES);

  public GatewayMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Metrics of a model. */
  public ModelMetrics model(ModelKey model, Supplier<Number> held) {
    return new ModelMetrics(registry, model, held);
  }

  /** A request that came to no model was answered. */
  public void unrouted(int status) {
    int index = Math.min(status / 100, CLASSES - 1);
    Counter counter = unrouted.get(index);
    if (counter == null) {
      counter =
          Counter.builder("modelyard.gateway.unrouted")
              .description("Requests that were answered without coming to a model")
              .tag("code", index + "xx")
              .register(registry);
      unrouted.set(index, counter);
    }
    counter.increment();
  }

  public void watch(Supplier<Number> requests, Supplier<Number> connections) {
    gauge("modelyard.gateway.requests.active", "Requests under way, held ones too", requests);
    gauge("modelyard.gateway.connections", "Connections of clients", connections);
  }

  private void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).strongReference(true).register(registry);
  }
}

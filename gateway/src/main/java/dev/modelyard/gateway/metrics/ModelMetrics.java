package dev.modelyard.gateway.metrics;

import dev.modelyard.gateway.routing.ModelKey;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The metrics of one model. Each meter is looked up in the registry once, not with every request;
 * they go with the model.
 */
public final class ModelMetrics implements AutoCloseable {
  private static final int CLASSES = 6;

  private static final Duration[] BOUNDS = {
    Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(5), Duration.ofMillis(10),
    Duration.ofMillis(25), Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(250),
    Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofMillis(2500), Duration.ofSeconds(5),
    Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(120)
  };

  private final MeterRegistry registry;
  private final Tags tags;
  private final List<Meter> meters = new ArrayList<>();
  private final Timer[] requests = new Timer[CLASSES];
  private final Timer hold;
  private final Counter rejected;
  private final Counter retries;
  private final Counter ejections;
  private boolean closed;

  /**
   * @param held how many wait now
   */
  public ModelMetrics(MeterRegistry registry, ModelKey model, Supplier<Number> held) {
    this.registry = registry;
    this.tags = Tags.of("namespace", model.namespace(), "name", model.name());
    Gauge gauge =
        Gauge.builder("modelyard.gateway.held", held)
            .description("Requests that wait for a pod now")
            .tags(tags)
            .strongReference(true)
            .register(registry);
    meters.add(gauge);
    hold = timer("modelyard.gateway.hold.duration", "How long requests waited for a pod", tags);
    rejected =
        counter("modelyard.gateway.hold.rejected", "Requests that could not wait, or not longer");
    retries = counter("modelyard.gateway.retries", "Requests that were sent to another pod");
    ejections = counter("modelyard.gateway.ejections", "Pods left out for a while");
  }

  /** A request is answered. */
  public void answered(int status, long nanos) {
    int index = Math.min(status / 100, CLASSES - 1);
    Timer timer = requests[index];
    if (timer == null) {
      timer = register(index);
    }
    timer.record(nanos, TimeUnit.NANOSECONDS);
  }

  public void waited(long nanos) {
    hold.record(nanos, TimeUnit.NANOSECONDS);
  }

  public void rejected() {
    rejected.increment();
  }

  public void retried() {
    retries.increment();
  }

  public void ejected() {
    ejections.increment();
  }

  private synchronized Timer register(int index) {
    if (requests[index] == null) {
      requests[index] =
          timer(
              "modelyard.gateway.request.duration",
              "From a request's head to the end of its answer",
              tags.and("code", index + "xx"));
    }
    return requests[index];
  }

  private Timer timer(String name, String description, Tags with) {
    Timer timer =
        Timer.builder(name)
            .description(description)
            .tags(with)
            .serviceLevelObjectives(BOUNDS)
            .register(registry);
    keep(timer);
    return timer;
  }

  private Counter counter(String name, String description) {
    Counter counter = Counter.builder(name).description(description).tags(tags).register(registry);
    keep(counter);
    return counter;
  }

  /** A request may end after its model has gone. */
  private synchronized void keep(Meter meter) {
    if (closed) {
      registry.remove(meter);
    } else {
      meters.add(meter);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    meters.forEach(registry::remove);
  }
}

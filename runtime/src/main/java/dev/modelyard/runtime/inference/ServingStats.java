package dev.modelyard.runtime.inference;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** Counts what the batcher does, for {@code /status} and for Prometheus. */
final class ServingStats {
  private static final double[] BATCH_BOUNDS = {1, 2, 4, 8, 16, 32, 64, 128, 256};

  private final TimeWeighted inFlight = new TimeWeighted();
  private final LongAdder completed = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final MeterRegistry registry;
  private final String model;
  private final Counter rejected;
  private final Counter checked;
  private final Counter mismatched;
  private final Timer queueDuration;
  private final DistributionSummary batchSize;

  /** When there was a request last; {@link System#nanoTime()}. */
  private volatile long lastNanos = System.nanoTime();

  ServingStats(MeterRegistry registry, String model, IntSupplier queued) {
    this.registry = registry;
    this.model = model;
    checked =
        Counter.builder("modelyard.batching.checks")
            .description("Batches of which a request was computed again alone, to compare")
            .tag("model", model)
            .register(registry);
    mismatched =
        Counter.builder("modelyard.batching.mismatches")
            .description("Checked batches in which a request's answer was another than alone")
            .tag("model", model)
            .register(registry);
    rejected =
        Counter.builder("modelyard.requests.rejected")
            .description("Requests refused because the queue was full")
            .tag("model", model)
            .register(registry);
    queueDuration =
        Timer.builder("modelyard.queue.duration")
            .description("From arrival in the queue to the start of the batch")
            .tag("model", model)
            .serviceLevelObjectives(LatencyBounds.all())
            .register(registry);
    batchSize =
        DistributionSummary.builder("modelyard.batch.size")
            .description("Rows computed together")
            .tag("model", model)
            .serviceLevelObjectives(BATCH_BOUNDS)
            .register(registry);
    Gauge.builder("modelyard.requests.in.flight", inFlight, TimeWeighted::now)
        .description("Requests being computed")
        .tag("model", model)
        .register(registry);
    Gauge.builder("modelyard.requests.queued", queued, IntSupplier::getAsInt)
        .description("Requests waiting")
        .tag("model", model)
        .strongReference(true)
        .register(registry);
  }

  /** From when the model is loaded; the decision may become off. */
  void batching(Supplier<BatchingDecision> decision) {
    for (BatchingDecision.Kind kind : BatchingDecision.Kind.values()) {
      Gauge.builder("modelyard.batching", () -> decision.get().kind() == kind ? 1 : 0)
          .description("1 for what decides whether requests share batches, 0 for the others")
          .tag("model", model)
          .tag("decision", kind.name().toLowerCase(Locale.ROOT))
          .strongReference(true)
          .register(registry);
    }
  }

  void checked() {
    checked.increment();
  }

  void mismatched() {
    mismatched.increment();
  }

  void started(Pending request, long now) {
    inFlight.add(1, now);
    queueDuration.record(now - request.arrived, TimeUnit.NANOSECONDS);
  }

  void computing(int rows) {
    batchSize.record(rows);
  }

  void finished() {
    lastNanos = System.nanoTime();
    inFlight.add(-1, lastNanos);
  }

  /** As if a request had just been there: from when the model serves, nobody has asked yet. */
  void serving() {
    lastNanos = System.nanoTime();
  }

  void completed() {
    completed.increment();
  }

  void failed() {
    failed.increment();
  }

  void rejected() {
    lastNanos = System.nanoTime();
    rejected.increment();
  }

  long completedCount() {
    return completed.sum();
  }

  InferenceService.Load load(int queued, long queuedMillis) {
    long now = System.nanoTime();
    long idle = TimeUnit.NANOSECONDS.toMillis(now - lastNanos);
    int computing = inFlight.now();
    return new InferenceService.Load(
        computing,
        queued,
        completed.sum(),
        (long) rejected.count(),
        failed.sum(),
        inFlight.millis(now),
        queuedMillis,
        computing > 0 || queued > 0 ? 0 : idle);
  }
}

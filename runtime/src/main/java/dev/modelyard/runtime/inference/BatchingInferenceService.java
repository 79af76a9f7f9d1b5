package dev.modelyard.runtime.inference;

import dev.modelyard.runtime.config.RuntimeConfig;
import dev.modelyard.runtime.inference.InferenceException.Kind;
import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;

/**
 * Serves one model: a bounded queue, and worker threads that compute what waits in it together. A
 * request waits only while all workers are busy, unless a delay is configured.
 */
@ApplicationScoped
public class BatchingInferenceService implements InferenceService {
  private static final Logger LOG = Logger.getLogger(BatchingInferenceService.class);

  private final ServingOptions options;
  private final RequestQueue queue;
  private final ServingStats stats;
  private final Throughput throughput = new Throughput();
  private final Exchanges exchanges = new Exchanges();
  private volatile State state = State.NOT_STARTED;
  private volatile boolean closing;
  private volatile LoadedModel model;
  private volatile Batching batching;
  private volatile List<BatchThread> workers = List.of();
  private volatile List<Thread> threads = List.of();
  private Deadlines deadlines;

  private enum State {
    NOT_STARTED,
    SERVING,
    DRAINING
  }

  @Inject
  public BatchingInferenceService(RuntimeConfig config, MeterRegistry registry) {
    this(ServingOptions.of(config.serving()), config.model().name(), registry);
  }

  public BatchingInferenceService(ServingOptions options, String name, MeterRegistry registry) {
    this.options = options;
    queue =
        new RequestQueue(
            options.queueCapacity(),
            options.queueBytes(),
            options.maxBatchSize(),
            options.maxDelay().toNanos());
    stats = new ServingStats(registry, name, queue::size);
  }

  @Override
  public synchronized void start(LoadedModel loaded) throws ModelFailure {
    if (state != State.NOT_STARTED || !workers.isEmpty()) {
      throw new IllegalStateException("a service starts once");
    }
    batching = new Batching(Batching.decide(options, loaded));
    stats.batching(batching::decision);
    LOG.infof("batching: %s", batching.decision());
    WarmUp warmUp = new WarmUp(loaded);
    List<BatchThread> started = new ArrayList<>();
    List<Thread> platform = new ArrayList<>();
    for (int i = 0; i < Math.max(options.workers(), loaded.leastWorkers()); i++) {
      BatchThread worker = new BatchThread(loaded, warmUp, queue, stats, batching);
      Thread thread = new Thread(worker, "inference-" + i);
      thread.setDaemon(true);
      thread.start();
      started.add(worker);
      platform.add(thread);
    }
    workers = List.copyOf(started);
    threads = List.copyOf(platform);
    try {
      started.forEach(worker -> worker.warm().join());
    } catch (CompletionException e) {
      queue.close();
      throw e.getCause() instanceof ModelFailure failure
          ? failure
          : new ModelFailure(
              FailureReason.WarmUpFailed, "the first prediction failed: " + e.getCause(), e);
    }
    deadlines = new Deadlines(options.requestTimeout(), queue, workers, stats, throughput);
    deadlines.start();
    model = loaded;
    stats.serving();
    state = State.SERVING;
  }

  /**
   * Takes a request.
   *
   * @param inputs in any order
   * @param callback called exactly once, unless this method throws
   * @throws InferenceException at once for an input that does not fit the model, a full queue, or a
   *     model that is not served now
   */
  public InferenceTicket submit(List<Tensor> inputs, InferenceCallback callback)
      throws InferenceException {
    LoadedModel served = served();
    List<Tensor> ordered = InputCheck.inOrder(served.inputs(), inputs);
    Pending request =
        new Pending(
            ordered,
            batching.on() ? rows(ordered) : 0,
            System.nanoTime(),
            options.requestTimeout().toNanos(),
            callback);
    switch (queue.offer(request)) {
      case NONE -> {}
      case CLOSED -> throw unavailable();
      case FULL -> throw full("%d requests wait already".formatted(options.queueCapacity()));
      case TOO_MANY_BYTES ->
          throw full("the waiting requests take %d bytes".formatted(options.queueBytes()));
    }
    return () -> {
      queue.remove(request);
      Answers.cancelled(request);
    };
  }

  /** The model that is served. */
  public LoadedModel served() throws InferenceException {
    if (state != State.SERVING) {
      throw unavailable();
    }
    return model;
  }

  /** Whether a request would be taken now. */
  public boolean ready() {
    return state == State.SERVING;
  }

  /** Whether answers carry {@code Connection: close}. */
  public boolean isClosing() {
    return closing;
  }

  /** Answers that are being written; a drain waits for them. */
  public Exchanges exchanges() {
    return exchanges;
  }

  @Override
  public Load load() {
    return stats.load(queue.size(), queue.waitedMillis());
  }

  @Override
  public Optional<BatchingDecision> batching() {
    return Optional.ofNullable(batching).map(Batching::decision);
  }

  @Override
  public Optional<String> hung() {
    return hung(System.nanoTime());
  }

  Optional<String> hung(long now) {
    for (int i = 0; i < workers.size(); i++) {
      if (state == State.SERVING && !threads.get(i).isAlive()) {
        return Optional.of("inference-%d has stopped; the log says why".formatted(i));
      }
      BatchThread.Running running = workers.get(i).running();
      if (running == null) {
        continue;
      }
      Duration busy = Duration.ofNanos(now - running.since());
      if (busy.compareTo(options.hungAfter()) > 0) {
        return Optional.of(
            "inference-%d has been computing one batch of %d requests for %d s"
                .formatted(i, running.batch().size(), busy.toSeconds()));
      }
    }
    return Optional.empty();
  }

  @Override
  public void closing() {
    closing = true;
  }

  @Override
  public boolean drain(Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    closing = true;
    state = State.DRAINING;
    queue.close();
    boolean finished = true;
    for (Thread thread : threads) {
      finished &= join(thread, end);
    }
    finished &= exchanges.awaitNone(end);
    synchronized (this) {
      if (deadlines != null) {
        deadlines.stop();
      }
    }
    return finished;
  }

  private static boolean join(Thread thread, long end) {
    try {
      long millis = Math.max(1, (end - System.nanoTime()) / 1_000_000);
      thread.join(millis);
      return !thread.isAlive();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * The size of the first dimension that all inputs share; 0 where they differ, or it is too big.
   */
  private int rows(List<Tensor> inputs) {
    long rows = inputs.get(0).shape()[0];
    for (Tensor input : inputs) {
      if (input.shape()[0] != rows) {
        return 0;
      }
    }
    return rows > options.maxBatchSize() ? 0 : (int) rows;
  }

  private InferenceException full(String why) {
    stats.rejected();
    return InferenceException.retryLater(
        Kind.QUEUE_FULL,
        "the queue is full: %s; try again later".formatted(why),
        throughput.secondsFor(queue.size()));
  }

  private InferenceException unavailable() {
    return state == State.NOT_STARTED
        ? InferenceException.retryLater(
            Kind.UNAVAILABLE,
            "the model is not ready yet: it is being fetched, verified, loaded or warmed up;"
                + " /status on the management port says how far it is",
            5)
        : InferenceException.retryLater(
            Kind.UNAVAILABLE, "this replica is shutting down; send the request again", 1);
  }
}

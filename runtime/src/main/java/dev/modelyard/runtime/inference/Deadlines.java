package dev.modelyard.runtime.inference;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Answers requests whose time is over, waiting or being computed, while the workers are busy. */
final class Deadlines {
  private static final Logger LOG = Logger.getLogger(Deadlines.class);
  private static final long MOST_MILLIS = 100;

  private final Duration timeout;
  private final RequestQueue queue;
  private final List<BatchThread> workers;
  private final ServingStats stats;
  private final Throughput throughput;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "inference-deadlines");
            thread.setDaemon(true);
            return thread;
          });

  Deadlines(
      Duration timeout,
      RequestQueue queue,
      List<BatchThread> workers,
      ServingStats stats,
      Throughput throughput) {
    this.timeout = timeout;
    this.queue = queue;
    this.workers = workers;
    this.stats = stats;
    this.throughput = throughput;
  }

  void start() {
    long period = Math.max(1, Math.min(MOST_MILLIS, timeout.toMillis() / 10));
    timer.scheduleAtFixedRate(this::sweep, period, period, TimeUnit.MILLISECONDS);
  }

  void stop() {
    timer.shutdownNow();
  }

  private void sweep() {
    try {
      sweepOnce();
    } catch (RuntimeException | OutOfMemoryError e) {
      // Thrown, it would end the timer for good, and with it every timeout.
      LOG.error("Requests whose time is over could not be answered; tried again", e);
    }
  }

  private void sweepOnce() {
    long now = System.nanoTime();
    for (Pending request : queue.expire(now)) {
      Answers.timeout(request, stats, "in the queue");
    }
    for (BatchThread worker : workers) {
      BatchThread.Running running = worker.running();
      if (running == null) {
        continue;
      }
      for (Pending request : running.batch()) {
        if (request.isExpired(now)) {
          Answers.timeout(request, stats, "while it was computed");
        }
      }
    }
    throughput.sample(stats.completedCount(), now);
  }
}

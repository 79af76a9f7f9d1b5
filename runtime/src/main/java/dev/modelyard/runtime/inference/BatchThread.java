package dev.modelyard.runtime.inference;

import dev.modelyard.runtime.inference.InferenceException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/**
 * One worker: takes batches from the queue and computes them, until the queue is closed and empty.
 */
final class BatchThread implements Runnable {
  private static final Logger LOG = Logger.getLogger(BatchThread.class);

  /** Made beforehand: it is needed where there may be no memory left to make it. */
  private static final InferenceException STOPPED =
      InferenceException.of(
          Kind.ENGINE_FAILED, "the model failed: the worker that computed it stopped");

  private final LoadedModel model;
  private final WarmUp warmUp;
  private final RequestQueue queue;
  private final ServingStats stats;

  private final Batching batching;
  private final RowGuard guard;

  private final CompletableFuture<Void> warm = new CompletableFuture<>();
  private volatile Running running;

  /**
   * A batch being computed.
   *
   * @param since {@link System#nanoTime()}
   */
  record Running(List<Pending> batch, long since) {}

  BatchThread(
      LoadedModel model, WarmUp warmUp, RequestQueue queue, ServingStats stats, Batching batching) {
    this.model = model;
    this.warmUp = warmUp;
    this.queue = queue;
    this.stats = stats;
    this.batching = batching;
    this.guard = new RowGuard(batching);
  }

  /** Done after the first prediction, or failed with a {@code ModelFailure}. */
  CompletableFuture<Void> warm() {
    return warm;
  }

  /** The batch that is being computed now; null between batches. */
  Running running() {
    return running;
  }

  @Override
  public void run() {
    try (InferenceWorker worker = model.newWorker()) {
      warmUp.run(worker);
      warm.complete(null);
      List<Pending> batch = queue.take();
      while (batch != null) {
        compute(worker, batch);
        batch = queue.take();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      if (!warm.completeExceptionally(e)) {
        LOG.error("An inference worker stopped", e);
      }
    }
  }

  private void compute(InferenceWorker worker, List<Pending> taken) {
    long now = System.nanoTime();
    running = new Running(taken, now);
    taken.forEach(request -> stats.started(request, now));
    try {
      List<Pending> batch = new ArrayList<>(taken.size());
      for (Pending request : taken) {
        if (stillWanted(request, now)) {
          batch.add(request);
        }
      }
      if (batch.size() > 1 && batching.on() && computeTogether(worker, batch)) {
        return;
      }
      for (Pending request : batch) {
        if (stillWanted(request, System.nanoTime())) {
          computeAlone(worker, request);
        }
      }
    } finally {
      running = null;
      for (Pending request : taken) {
        stats.finished();
        // Does nothing but where an error ends the worker, and would leave them without an answer.
        Answers.failed(request, stats, STOPPED);
      }
    }
  }

  private boolean stillWanted(Pending request, long now) {
    if (request.isExpired(now)) {
      Answers.timeout(request, stats, "in the queue");
    }
    return !request.isAnswered();
  }

  /** False where the requests have to be computed one at a time, so that a bad one fails alone. */
  private boolean computeTogether(InferenceWorker worker, List<Pending> batch) {
    int rows = batch.stream().mapToInt(request -> request.rows).sum();
    List<Tensor> outputs;
    long start = System.nanoTime();
    try {
      stats.computing(rows);
      outputs = worker.predict(batch.stream().map(request -> request.inputs).toList());
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.debugf("A batch of %d rows failed; each request is tried alone: %s", rows, e);
      return false;
    }
    long took = System.nanoTime() - start;
    for (Tensor output : outputs) {
      if (output.shape().length == 0 || output.shape()[0] != rows) {
        ended("output %s came for %d rows".formatted(output, rows));
        return false;
      }
    }
    List<List<Tensor>> answers = split(batch, outputs);
    if (!asAlone(worker, batch, answers, took)) {
      return false;
    }
    for (int i = 0; i < batch.size(); i++) {
      Answers.completed(batch.get(i), stats, answers.get(i));
    }
    return true;
  }

  private static List<List<Tensor>> split(List<Pending> batch, List<Tensor> outputs) {
    List<List<Tensor>> answers = new ArrayList<>(batch.size());
    int from = 0;
    for (Pending request : batch) {
      List<Tensor> own = new ArrayList<>(outputs.size());
      for (Tensor output : outputs) {
        own.add(output.rows(from, request.rows));
      }
      from += request.rows;
      answers.add(own);
    }
    return answers;
  }

  /** False where the guard has seen that the batch changes an answer. */
  private boolean asAlone(
      InferenceWorker worker, List<Pending> batch, List<List<Tensor>> answers, long took) {
    RowGuard.Extent extent = guard.extent(took, () -> queue.size() > 0);
    if (extent == RowGuard.Extent.NONE) {
      return true;
    }
    stats.checked();
    Optional<String> difference = guard.difference(extent, worker, batch, answers);
    difference.ifPresent(
        found -> {
          stats.mismatched();
          ended("a row of a batch differed from the row alone (%s)".formatted(found));
        });
    return difference.isEmpty();
  }

  private void ended(String reason) {
    if (batching.end(reason)) {
      LOG.warnf(
          "Requests are not computed together from now on: %s. Answers that were given before may"
              + " have been changed by other requests of their batch; set"
              + " spec.serving.batching.mode to Off",
          reason);
    }
  }

  private void computeAlone(InferenceWorker worker, Pending request) {
    try {
      stats.computing(Math.max(1, request.rows));
      Answers.completed(request, stats, worker.predict(List.of(request.inputs)));
    } catch (InferenceException e) {
      Answers.failed(request, stats, e);
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("A prediction failed in a way that is not the request's fault", e);
      Answers.failed(
          request, stats, InferenceException.of(Kind.ENGINE_FAILED, "the model failed: " + e, e));
    }
  }
}

package dev.modelyard.runtime.inference;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/**
 * A real model whose predictions pass a gate, so that tests decide when a worker is busy, and see
 * the batches that it was given. The gate is open for the warm-up.
 */
final class GatedModel implements LoadedModel {
  private final LoadedModel model;
  private final Semaphore permits = new Semaphore(0);
  final Semaphore entered = new Semaphore(0);

  /** Requests of each batch since the gate was closed. */
  final List<Integer> batches = new CopyOnWriteArrayList<>();

  private volatile boolean closed;

  /** What the engine is said to prove; null for what it proves. */
  BatchingDecision proof;

  /** What an engine might throw that nobody thought of; null for none. */
  volatile Throwable fault;

  GatedModel(LoadedModel model) {
    this.model = model;
  }

  void closeGate() {
    closed = true;
  }

  void pass(int predictions) {
    permits.release(predictions);
  }

  @Override
  public InferenceWorker newWorker() {
    InferenceWorker worker = model.newWorker();
    return new InferenceWorker() {
      @Override
      public List<Tensor> predict(List<List<Tensor>> requests) {
        if (closed) {
          batches.add(requests.size());
          entered.release();
          permits.acquireUninterruptibly();
        }
        if (fault instanceof RuntimeException exception) {
          throw exception;
        }
        if (fault instanceof Error error) {
          throw error;
        }
        return worker.predict(requests);
      }

      @Override
      public void close() {
        worker.close();
      }
    };
  }

  @Override
  public BatchingDecision batching() {
    return proof == null ? model.batching() : proof;
  }

  @Override
  public String engine() {
    return model.engine();
  }

  @Override
  public String device() {
    return model.device();
  }

  @Override
  public List<TensorMetadata> inputs() {
    return model.inputs();
  }

  @Override
  public List<TensorMetadata> outputs() {
    return model.outputs();
  }

  @Override
  public int leastWorkers() {
    return model.leastWorkers();
  }

  @Override
  public void close() {
    model.close();
  }
}

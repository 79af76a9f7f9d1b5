package dev.modelyard.runtime.inference;

import java.util.List;

/** A model that an engine has loaded. Thread-safe; the workers it makes are not. */
public interface LoadedModel extends AutoCloseable {
  /** DJL's name of the engine, such as {@code OnnxRuntime}. */
  String engine();

  /** {@code cpu}, or {@code gpu:0}, or {@code gpu:0,gpu:1}. */
  String device();

  List<TensorMetadata> inputs();

  List<TensorMetadata> outputs();

  /** Whether the engine could prove that rows are independent; never {@code DECLARED}. */
  BatchingDecision batching();

  /** The fewest workers that keep every device of the model busy: 1, or the number of its GPUs. */
  int leastWorkers();

  /** A predictor for the calling thread, on the model's next device in turn. */
  InferenceWorker newWorker();

  @Override
  void close();
}

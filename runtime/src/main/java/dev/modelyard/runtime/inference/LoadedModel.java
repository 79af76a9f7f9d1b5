package dev.modelyard.runtime.inference;

import java.util.List;

/** A model that an engine has loaded. Thread-safe; the predictors it makes are not. */
public interface LoadedModel extends AutoCloseable {
  /** DJL's name of the engine, such as {@code OnnxRuntime}. */
  String engine();

  /** {@code cpu}, or {@code gpu:0}. */
  String device();

  List<TensorMetadata> inputs();

  List<TensorMetadata> outputs();

  @Override
  void close();
}

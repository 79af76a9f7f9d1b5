package dev.modelyard.runtime.inference;

/** An accepted request. */
public interface InferenceTicket {
  /** The client is gone: a request that still waits is not computed. */
  void cancel();
}

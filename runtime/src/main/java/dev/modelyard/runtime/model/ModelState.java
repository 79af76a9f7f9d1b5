package dev.modelyard.runtime.model;

/** Where the model is on its way to serving. The names are part of the contract. */
public enum ModelState {
  STARTING,
  DOWNLOADING,
  VERIFYING,
  LOADING,
  WARMING_UP,
  READY,
  DRAINING,
  FAILED;

  /** On the way to READY. */
  boolean loading() {
    return compareTo(READY) < 0;
  }
}

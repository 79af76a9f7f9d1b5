package dev.modelyard.runtime.model;

/** A failure that ends the process: what is wrong, where, and what to write instead. */
public final class ModelFailure extends RuntimeException {
  private final FailureReason reason;

  public ModelFailure(FailureReason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public ModelFailure(FailureReason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public FailureReason reason() {
    return reason;
  }
}

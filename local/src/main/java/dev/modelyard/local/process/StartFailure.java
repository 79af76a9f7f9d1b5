package dev.modelyard.local.process;

/** Something of the laptop did not start or did not do what it should; the message says why. */
public class StartFailure extends RuntimeException {
  public StartFailure(String message) {
    super(message);
  }

  public StartFailure(String message, Throwable cause) {
    super(message, cause);
  }
}

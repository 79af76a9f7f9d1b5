package dev.modelyard.runtime.api.v2;

import dev.modelyard.runtime.inference.InferenceException;

/** An answer of the form {@code {"error": "..."}}. */
final class ProtocolException extends RuntimeException {
  private final int status;
  private final int retryAfterSeconds;

  ProtocolException(int status, String message) {
    this(status, message, 0);
  }

  private ProtocolException(int status, String message, int retryAfterSeconds) {
    super(message, null, false, false);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  static ProtocolException badRequest(String message, Object... arguments) {
    return new ProtocolException(400, message.formatted(arguments));
  }

  static ProtocolException of(InferenceException failure) {
    return new ProtocolException(
        failure.kind().status(), failure.getMessage(), failure.retryAfterSeconds());
  }

  /** Too much for now, not for ever. */
  static ProtocolException retryLater(int status, String message, int seconds) {
    return new ProtocolException(status, message, seconds);
  }

  int status() {
    return status;
  }

  /** Seconds; 0 where another try is no use. */
  int retryAfterSeconds() {
    return retryAfterSeconds;
  }
}

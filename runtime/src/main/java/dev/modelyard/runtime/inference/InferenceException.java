package dev.modelyard.runtime.inference;

/**
 * Why a request has no answer. Carries no stack trace where the request, not the code, is at fault.
 */
public final class InferenceException extends RuntimeException {
  /** The causes, with the HTTP status that the inference protocol gives them. */
  public enum Kind {
    INVALID_INPUT(400),
    QUEUE_FULL(429),
    ENGINE_FAILED(500),
    UNAVAILABLE(503),
    TIMEOUT(504),
    /** The client is gone: nobody reads the answer. */
    CANCELLED(499);

    private final int status;

    Kind(int status) {
      this.status = status;
    }

    public int status() {
      return status;
    }
  }

  private final Kind kind;
  private final int retryAfterSeconds;

  private InferenceException(Kind kind, String message, int retryAfterSeconds, Throwable cause) {
    super(message, cause, false, cause != null);
    this.kind = kind;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  public static InferenceException invalid(String message) {
    return new InferenceException(Kind.INVALID_INPUT, message, 0, null);
  }

  public static InferenceException of(Kind kind, String message) {
    return new InferenceException(kind, message, 0, null);
  }

  public static InferenceException of(Kind kind, String message, Throwable cause) {
    return new InferenceException(kind, message, 0, cause);
  }

  /** A refusal that is worth another try after so many seconds. */
  public static InferenceException retryLater(Kind kind, String message, int seconds) {
    return new InferenceException(kind, message, seconds, null);
  }

  public Kind kind() {
    return kind;
  }

  /** Seconds; 0 where another try is no use. */
  public int retryAfterSeconds() {
    return retryAfterSeconds;
  }
}

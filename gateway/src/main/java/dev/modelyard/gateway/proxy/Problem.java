package dev.modelyard.gateway.proxy;

import java.util.concurrent.TimeUnit;

/**
 * An answer of the gateway's own.
 *
 * @param message what is wrong and what to do instead, for the client
 * @param retryAfter seconds; 0 where another try is no use
 * @param challenge value of WWW-Authenticate; null where there is none
 */
record Problem(int status, String message, long retryAfter, String challenge) {

  static Problem of(int status, String message) {
    return new Problem(status, message, 0, null);
  }

  static Problem later(int status, String message, long seconds) {
    return new Problem(status, message, Math.max(1, seconds), null);
  }

  static Problem unauthorized(String message) {
    return new Problem(401, message, 0, "Bearer realm=\"modelyard\"");
  }

  /** For Retry-After: whole seconds, rounded up, 1 at the least. */
  static long seconds(long nanos) {
    return Math.max(1, TimeUnit.NANOSECONDS.toSeconds(nanos + 999_999_999L));
  }

  /** The status of gRPC that says the same. */
  int grpcStatus() {
    return switch (status) {
      case 400, 405, 417 -> 3; // INVALID_ARGUMENT
      case 401 -> 16; // UNAUTHENTICATED
      case 403 -> 7; // PERMISSION_DENIED
      case 404 -> 12; // UNIMPLEMENTED, as gRPC maps an HTTP 404
      case 408, 504 -> 4; // DEADLINE_EXCEEDED
      case 413, 429 -> 8; // RESOURCE_EXHAUSTED
      default -> 14; // UNAVAILABLE
    };
  }
}

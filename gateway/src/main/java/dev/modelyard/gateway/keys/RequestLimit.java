package dev.modelyard.gateway.keys;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket: so many requests a period, and as many at once. It keeps one number, the time at
 * which the bucket is full again.
 */
public final class RequestLimit {
  private final long nanosPerRequest;
  private final long burstNanos;
  private final AtomicLong fullAt;

  /**
   * @param requests at least 1
   * @param periodNanos in which so many are let through
   * @param now of {@link System#nanoTime}
   */
  RequestLimit(int requests, long periodNanos, long now) {
    nanosPerRequest = Math.max(1, periodNanos / requests);
    burstNanos = nanosPerRequest * requests;
    fullAt = new AtomicLong(now);
  }

  /**
   * Takes one request.
   *
   * @return 0, or how many nanoseconds to wait for the next
   */
  public long take(long now) {
    while (true) {
      long full = fullAt.get();
      long from = full - now > 0 ? full : now;
      long next = from + nanosPerRequest;
      long over = next - now - burstNanos;
      if (over > 0) {
        return over;
      }
      if (fullAt.compareAndSet(full, next)) {
        return 0;
      }
    }
  }

  /** The same limit, set anew in the same words, keeps what was taken. */
  boolean isLike(RequestLimit other) {
    return other != null
        && other.nanosPerRequest == nanosPerRequest
        && other.burstNanos == burstNanos;
  }
}

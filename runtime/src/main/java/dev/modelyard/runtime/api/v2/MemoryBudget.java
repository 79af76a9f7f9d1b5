package dev.modelyard.runtime.api.v2;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory that all requests together may take until they are in the queue, which has its own bound.
 */
final class MemoryBudget {
  private final long bytes;
  private final AtomicLong used = new AtomicLong();

  MemoryBudget(long bytes) {
    this.bytes = bytes;
  }

  /** One request's part. */
  Share share() {
    return new Share();
  }

  long used() {
    return used.get();
  }

  final class Share implements AutoCloseable {
    private long own;
    private boolean closed;

    /**
     * @throws ProtocolException 413 where this request alone is too large, 429 where it is too much
     *     together with the others
     */
    synchronized void take(long more) {
      if (closed) {
        // Taken by a parser on another thread after the client left: nobody would give it back.
        throw new ProtocolException(499, "the request was answered already");
      }
      if (own + more > bytes) {
        throw new ProtocolException(
            413,
            "the request takes more than %d bytes of memory, which is what this server has for it;"
                    .formatted(bytes)
                + " send fewer rows a request");
      }
      if (used.addAndGet(more) > bytes) {
        used.addAndGet(-more);
        throw ProtocolException.retryLater(
            429, "requests that are being received take all memory set aside; try again later", 1);
      }
      own += more;
    }

    /** Gives all back, for good. */
    @Override
    public synchronized void close() {
      closed = true;
      used.addAndGet(-own);
      own = 0;
    }
  }
}

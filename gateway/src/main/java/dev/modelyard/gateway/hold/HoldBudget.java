package dev.modelyard.gateway.hold;

/** How much all models together may hold. */
public final class HoldBudget {
  private final int maxRequests;
  private final long maxBytes;
  private int requests;
  private long bytes;

  public HoldBudget(int maxRequests, long maxBytes) {
    this.maxRequests = maxRequests;
    this.maxBytes = maxBytes;
  }

  synchronized boolean take(long size) {
    if (requests >= maxRequests || bytes + size > maxBytes) {
      return false;
    }
    requests++;
    bytes += size;
    return true;
  }

  synchronized void give(long size) {
    requests--;
    bytes -= size;
  }

  /** Requests that are held now. */
  public synchronized int requests() {
    return requests;
  }

  /** Bytes of their bodies. */
  public synchronized long bytes() {
    return bytes;
  }
}

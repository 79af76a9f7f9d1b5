package dev.modelyard.runtime.inference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The one queue of a model: bounded in requests and bytes, first come first served among the
 * requests that fit together.
 */
final class RequestQueue {
  /** The buffer of one batch must stay far below the 2 GiB that a Java buffer can have. */
  private static final long MOST_BATCH_BYTES = 256L << 20;

  enum Refusal {
    NONE,
    FULL,
    TOO_MANY_BYTES,
    CLOSED
  }

  private final int capacity;
  private final long maxBytes;
  private final int maxRows;
  private final long maxDelay;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Map<BatchKey, Bucket> buckets = new LinkedHashMap<>();
  private final TimeWeighted waiting = new TimeWeighted();
  private volatile int size;
  private long bytes;
  private boolean closed;

  /** Requests that may share a batch, oldest first. */
  private static final class Bucket {
    final Deque<Pending> requests = new ArrayDeque<>();
    int rows;
  }

  /**
   * @param maxDelay nanoseconds
   */
  RequestQueue(int capacity, long maxBytes, int maxRows, long maxDelay) {
    this.capacity = capacity;
    this.maxBytes = maxBytes;
    this.maxRows = maxRows;
    this.maxDelay = maxDelay;
  }

  int size() {
    return size;
  }

  /** Milliseconds that requests have waited so far, summed over them. */
  long waitedMillis() {
    return waiting.millis(System.nanoTime());
  }

  Refusal offer(Pending request) {
    lock.lock();
    try {
      if (closed) {
        return Refusal.CLOSED;
      }
      if (size >= capacity) {
        return Refusal.FULL;
      }
      // A request that is larger than the bound alone is still served when nothing else waits.
      if (size > 0 && bytes + request.bytes > maxBytes) {
        return Refusal.TOO_MANY_BYTES;
      }
      Bucket bucket = buckets.computeIfAbsent(request.key, key -> new Bucket());
      bucket.requests.addLast(request);
      bucket.rows += request.rows;
      size++;
      waiting.add(1, request.arrived);
      bytes += request.bytes;
      arrived.signal();
      return Refusal.NONE;
    } finally {
      lock.unlock();
    }
  }

  /** Takes out a request that still waits. */
  boolean remove(Pending request) {
    lock.lock();
    try {
      Bucket bucket = buckets.get(request.key);
      if (bucket == null || !bucket.requests.remove(request)) {
        return false;
      }
      removed(bucket, request, System.nanoTime());
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Takes out the requests whose time is over. */
  List<Pending> expire(long now) {
    if (size == 0) {
      return List.of();
    }
    lock.lock();
    try {
      List<Pending> expired = new ArrayList<>();
      for (Bucket bucket : List.copyOf(buckets.values())) {
        Pending head = bucket.requests.peekFirst();
        while (head != null && head.isExpired(now)) {
          expired.add(bucket.requests.pollFirst());
          removed(bucket, head, now);
          head = bucket.requests.peekFirst();
        }
      }
      return expired;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next batch: the oldest request and those behind it that fit. Waits while there is none, and
   * up to the maximal delay for a fuller one.
   *
   * @return null when the queue is closed and empty
   */
  List<Pending> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        if (size == 0) {
          if (closed) {
            return null;
          }
          arrived.await();
          continue;
        }
        long now = System.nanoTime();
        Bucket ready = null;
        long wait = Long.MAX_VALUE;
        for (Bucket bucket : buckets.values()) {
          long remaining = remaining(bucket, now);
          wait = Math.min(wait, remaining);
          if (remaining <= 0 && (ready == null || older(bucket, ready))) {
            ready = bucket;
          }
        }
        if (ready != null) {
          List<Pending> batch = poll(ready, now);
          if (size > 0) {
            arrived.signal();
          }
          return batch;
        }
        arrived.awaitNanos(wait);
      }
    } finally {
      lock.unlock();
    }
  }

  /** No request is taken in any more; those that wait are still given out, without delay. */
  void close() {
    lock.lock();
    try {
      closed = true;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private long remaining(Bucket bucket, long now) {
    Pending head = bucket.requests.peekFirst();
    if (closed || maxDelay <= 0 || head.rows == 0 || bucket.rows >= maxRows) {
      return 0;
    }
    return head.arrived + maxDelay - now;
  }

  private static boolean older(Bucket one, Bucket other) {
    return one.requests.peekFirst().arrived - other.requests.peekFirst().arrived < 0;
  }

  private List<Pending> poll(Bucket bucket, long now) {
    Pending head = bucket.requests.pollFirst();
    List<Pending> batch = new ArrayList<>();
    batch.add(head);
    int rows = head.rows;
    long batchBytes = head.bytes;
    Iterator<Pending> behind = bucket.requests.iterator();
    while (head.rows > 0 && rows < maxRows && behind.hasNext()) {
      Pending next = behind.next();
      if (next.rows == 0
          || rows + next.rows > maxRows
          || batchBytes + next.bytes > MOST_BATCH_BYTES) {
        break;
      }
      batch.add(next);
      rows += next.rows;
      batchBytes += next.bytes;
      behind.remove();
    }
    for (Pending request : batch) {
      removed(bucket, request, now);
    }
    return batch;
  }

  private void removed(Bucket bucket, Pending request, long now) {
    bucket.rows -= request.rows;
    size--;
    waiting.add(-1, now);
    bytes -= request.bytes;
    if (bucket.requests.isEmpty()) {
      buckets.remove(request.key);
    }
  }
}

package dev.modelyard.gateway.hold;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * The requests held for one model, first come first served. Any thread may call. Who takes one out
 * is its only owner: a request that is released cannot time out or be given up as well.
 *
 * @param <T> what is held; compared by identity or its own equals
 */
public final class HoldQueue<T extends HoldQueue.Held> {

  /** A request that waits. */
  public interface Held {
    /** Bytes that it keeps in memory. */
    long heldBytes();

    /** {@link System#nanoTime} after which it waits no longer. */
    long heldUntil();
  }

  private final int max;
  private final HoldBudget budget;
  private final LinkedHashSet<T> held = new LinkedHashSet<>();
  private volatile int size;

  public HoldQueue(int max, HoldBudget budget) {
    this.max = max;
    this.budget = budget;
  }

  /** How many wait. Cheap. */
  public int size() {
    return size;
  }

  /** False where this model, or all together, hold as many as they may. */
  public synchronized boolean offer(T request) {
    if (held.size() >= max || !budget.take(request.heldBytes())) {
      return false;
    }
    held.add(request);
    size = held.size();
    return true;
  }

  /** Takes the one that has waited longest; null where none waits. */
  public synchronized T poll() {
    if (held.isEmpty()) {
      return null;
    }
    Iterator<T> first = held.iterator();
    T request = first.next();
    first.remove();
    left(request);
    return request;
  }

  /** Takes this one; false where it was taken before. */
  public synchronized boolean remove(T request) {
    if (!held.remove(request)) {
      return false;
    }
    left(request);
    return true;
  }

  /** Takes those whose time is over. */
  public synchronized List<T> expired(long now) {
    List<T> expired = new ArrayList<>();
    for (Iterator<T> each = held.iterator(); each.hasNext(); ) {
      T request = each.next();
      if (request.heldUntil() - now <= 0) {
        each.remove();
        left(request);
        expired.add(request);
      }
    }
    return expired;
  }

  /** Takes all. */
  public synchronized List<T> drain() {
    List<T> all = new ArrayList<>(held);
    held.clear();
    all.forEach(this::left);
    return all;
  }

  private void left(T request) {
    budget.give(request.heldBytes());
    size = held.size();
  }
}

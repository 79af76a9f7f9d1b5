package dev.modelyard.operator.fairness;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Who is worked on next, of those for whom there is no room: what was seen before (it may serve, or
 * a person waits for a change) ahead of what is new, and of each the namespaces in turn. Of a few
 * turns one is for what is new, so that it gets on beside any number of changes.
 *
 * <p>It starts nothing itself: who may begin is told to the caller.
 *
 * @param <T> what is worked on
 */
public final class FairQueue<T> {
  /** One of so many turns goes to what is new, if any waits. */
  private static final int TURNS = 4;

  private final int most;
  private final Function<T, String> namespace;
  private final Lane<T> seen = new Lane<>();
  private final Lane<T> firstLooks = new Lane<>();
  private final Set<T> called = new HashSet<>();
  private int busy;
  private int turn;

  /**
   * @param most how many are worked on at the same time
   */
  public FairQueue(int most, Function<T, String> namespace) {
    this.most = most;
    this.namespace = namespace;
  }

  /**
   * Returns whether the work may begin now; then {@link #leave} must follow. Else it waits until it
   * is called.
   *
   * @param firstLook whether nothing was done for it yet
   */
  public synchronized boolean enter(T item, boolean firstLook) {
    if (called.remove(item)) {
      return true;
    }
    // Who is called leaves no room, so none of those that wait is overtaken.
    if (busy < most) {
      busy++;
      drop(item);
      return true;
    }
    if (firstLook) {
      firstLooks.add(namespace.apply(item), item);
    } else {
      firstLooks.remove(namespace.apply(item), item);
      seen.add(namespace.apply(item), item);
    }
    return false;
  }

  /** Work that may begin whether there is room or not; {@link #leave} must follow. */
  public synchronized void enterAnyway(T item) {
    if (!called.remove(item)) {
      busy++;
      drop(item);
    }
  }

  /** Ends the work that was begun. Returns who is called now: they enter next. */
  public synchronized List<T> leave() {
    busy--;
    return call();
  }

  /** Takes out what is gone. Returns who is called now in its place. */
  public synchronized List<T> forget(T item) {
    drop(item);
    if (called.remove(item)) {
      busy--;
    }
    return call();
  }

  /** How many wait, those that are called included. */
  public synchronized int waiting() {
    return seen.size() + firstLooks.size() + called.size();
  }

  private void drop(T item) {
    seen.remove(namespace.apply(item), item);
    firstLooks.remove(namespace.apply(item), item);
  }

  private List<T> call() {
    List<T> next = new ArrayList<>();
    while (busy < most && seen.size() + firstLooks.size() > 0) {
      turn = (turn + 1) % TURNS;
      Lane<T> preferred = turn == 0 ? firstLooks : seen;
      Lane<T> other = turn == 0 ? seen : firstLooks;
      T item = preferred.size() > 0 ? preferred.poll() : other.poll();
      busy++;
      called.add(item);
      next.add(item);
    }
    return next;
  }

  /** First come first served in a namespace, and one namespace after the other. */
  private static final class Lane<T> {
    private final Map<String, LinkedHashSet<T>> waiting = new HashMap<>();
    private final ArrayDeque<String> namespaces = new ArrayDeque<>();
    private int size;

    int size() {
      return size;
    }

    void add(String namespace, T item) {
      LinkedHashSet<T> items = waiting.get(namespace);
      if (items == null) {
        items = new LinkedHashSet<>();
        waiting.put(namespace, items);
        namespaces.add(namespace);
      }
      if (items.add(item)) {
        size++;
      }
    }

    void remove(String namespace, T item) {
      LinkedHashSet<T> items = waiting.get(namespace);
      if (items != null && items.remove(item)) {
        size--;
        if (items.isEmpty()) {
          waiting.remove(namespace);
          namespaces.remove(namespace);
        }
      }
    }

    T poll() {
      String namespace = namespaces.remove();
      LinkedHashSet<T> items = waiting.get(namespace);
      Iterator<T> first = items.iterator();
      T item = first.next();
      first.remove();
      size--;
      if (items.isEmpty()) {
        waiting.remove(namespace);
      } else {
        namespaces.add(namespace);
      }
      return item;
    }
  }
}

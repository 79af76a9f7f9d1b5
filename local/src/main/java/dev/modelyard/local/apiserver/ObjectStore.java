package dev.modelyard.local.apiserver;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The objects, their one resource version counter, and the recent changes for watches. Not
 * thread-safe: the server uses it from one event loop.
 */
final class ObjectStore {
  private static final int HISTORY = 20_000;

  /** The key of an object: its type's qualified name, its namespace (or empty) and its name. */
  record Key(String type, String namespace, String name) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::type).thenComparing(Key::namespace).thenComparing(Key::name);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /** One change; before is null for a creation, after for a removal. */
  record Change(long version, Key key, ObjectNode before, ObjectNode after) {}

  private final NavigableMap<Key, ObjectNode> objects = new TreeMap<>();
  private final Deque<Change> history = new ArrayDeque<>();
  private final List<Consumer<Change>> watchers = new ArrayList<>();
  private long version = 1;

  long version() {
    return version;
  }

  /** The stored object, not a copy; null when there is none. */
  ObjectNode get(Key key) {
    return objects.get(key);
  }

  /**
   * @param namespace null for all
   */
  List<ObjectNode> list(String type, String namespace) {
    String first = namespace == null ? "" : namespace;
    List<ObjectNode> found = new ArrayList<>();
    for (var entry : objects.tailMap(new Key(type, first, "")).entrySet()) {
      Key key = entry.getKey();
      if (!key.type().equals(type) || (namespace != null && !key.namespace().equals(namespace))) {
        break;
      }
      found.add(entry.getValue());
    }
    return found;
  }

  /** Stores an object under the next resource version, which it sets. */
  ObjectNode put(Key key, ObjectNode object) {
    version++;
    ((ObjectNode) object.get("metadata")).put("resourceVersion", String.valueOf(version));
    ObjectNode before = objects.put(key, object);
    changed(new Change(version, key, before, object));
    return object;
  }

  /** Removes an object; what is returned carries the version of the removal. */
  ObjectNode remove(Key key) {
    ObjectNode before = objects.remove(key);
    version++;
    ObjectNode last = before.deepCopy();
    ((ObjectNode) last.get("metadata")).put("resourceVersion", String.valueOf(version));
    changed(new Change(version, key, last, null));
    return last;
  }

  private void changed(Change change) {
    history.addLast(change);
    if (history.size() > HISTORY) {
      history.removeFirst();
    }
    List.copyOf(watchers).forEach(watcher -> watcher.accept(change));
  }

  /**
   * Changes after a version, oldest first.
   *
   * @throws ApiError 410 when some of them are forgotten
   */
  List<Change> since(long from) {
    boolean forgotten = history.size() == HISTORY && history.getFirst().version() > from + 1;
    if (forgotten) {
      throw ApiError.expired(from);
    }
    return history.stream().filter(change -> change.version() > from).toList();
  }

  /** Returns what ends it. */
  Runnable watch(Consumer<Change> watcher) {
    watchers.add(watcher);
    return () -> watchers.remove(watcher);
  }
}

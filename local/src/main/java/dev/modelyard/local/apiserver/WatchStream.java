package dev.modelyard.local.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.modelyard.local.apiserver.ObjectStore.Change;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Turns changes of the store into the events of one watch: an object that comes into the selection
 * is ADDED, one that leaves it DELETED.
 */
final class WatchStream {
  private final ObjectStore store;
  private final ResourceType type;
  private final String storedType;
  private final String namespace;
  private final Predicate<JsonNode> selection;
  private final boolean tables;
  private final Consumer<ObjectNode> sink;

  /**
   * @param namespace null for all
   * @param sink takes events
   */
  WatchStream(
      ObjectStore store,
      ResourceType type,
      String namespace,
      Predicate<JsonNode> selection,
      boolean tables,
      Consumer<ObjectNode> sink) {
    this.store = store;
    this.type = type;
    this.storedType = Objects.key(type, "", "").type();
    this.namespace = namespace;
    this.selection = selection;
    this.tables = tables;
    this.sink = sink;
  }

  /**
   * Sends what there is to send now, and what comes later.
   *
   * @param version to continue from; 0 for everything that there is
   * @return what ends it
   */
  Runnable start(long version) {
    try {
      if (version == 0) {
        store.list(storedType, namespace).stream()
            .filter(selection)
            .forEach(object -> send("ADDED", object));
      } else {
        store.since(version).forEach(this::accept);
      }
    } catch (ApiError e) {
      sink.accept(event("ERROR", e.body()));
      return () -> {};
    }
    return store.watch(this::accept);
  }

  void bookmark() {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", type.apiVersion()).put("kind", type.kind());
    object.putObject("metadata").put("resourceVersion", String.valueOf(store.version()));
    sink.accept(event("BOOKMARK", object));
  }

  private void accept(Change change) {
    if (!change.key().type().equals(storedType)
        || (namespace != null && !change.key().namespace().equals(namespace))) {
      return;
    }
    boolean was = change.before() != null && selection.test(change.before());
    boolean is = change.after() != null && selection.test(change.after());
    if (is) {
      send(was ? "MODIFIED" : "ADDED", change.after());
    } else if (was) {
      ObjectNode last = change.before().deepCopy();
      ((ObjectNode) last.get("metadata")).put("resourceVersion", String.valueOf(change.version()));
      send("DELETED", last);
    }
  }

  private void send(String kind, ObjectNode stored) {
    ObjectNode object = type == ResourceTypes.NEW_EVENT ? Events.toNew(stored) : stored;
    sink.accept(
        event(
            kind,
            tables
                ? Tables.table(
                    type, List.of(object), object.path("metadata").path("resourceVersion").asText())
                : object));
  }

  private static ObjectNode event(String kind, ObjectNode object) {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.put("type", kind).set("object", object);
    return event;
  }
}

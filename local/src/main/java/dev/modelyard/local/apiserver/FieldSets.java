package dev.modelyard.local.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/**
 * Which fields a field manager owns, in the form of Kubernetes' FieldsV1: {@code f:} for a field,
 * {@code k:} for an element of a keyed list, an empty object for a leaf.
 */
final class FieldSets {
  private static final Set<String> IDENTITY = Set.of("name", "namespace");

  private FieldSets() {}

  /** The fields of an applied configuration, those that identify it apart. */
  static ObjectNode of(ObjectNode applied) {
    ObjectNode body = applied.deepCopy();
    body.remove(List.of("apiVersion", "kind"));
    if (body.path("metadata").isObject()) {
      ObjectNode metadata = (ObjectNode) body.get("metadata");
      metadata.remove(IDENTITY);
      if (metadata.isEmpty()) {
        body.remove("metadata");
      }
    }
    return fields(body);
  }

  private static ObjectNode fields(JsonNode object) {
    ObjectNode set = JsonNodeFactory.instance.objectNode();
    object
        .properties()
        .forEach(field -> set.set("f:" + field.getKey(), value(field.getKey(), field.getValue())));
    return set;
  }

  private static ObjectNode value(String name, JsonNode value) {
    if (value.isObject()) {
      return fields(value);
    }
    ObjectNode set = JsonNodeFactory.instance.objectNode();
    if (value.isArray() && !value.isEmpty() && ListKeys.isKeyed(name, value)) {
      for (JsonNode element : value) {
        ObjectNode owned = set.putObject("k:" + ListKeys.key(name, element));
        owned.putObject(".");
        owned.setAll(fields(element));
      }
    }
    return set;
  }

  /** Removes from an object what a manager owned and no longer does. */
  static void removeDropped(ObjectNode object, JsonNode owned, JsonNode stillOwned) {
    owned
        .properties()
        .forEach(
            entry -> {
              if (!entry.getKey().startsWith("f:")) {
                return;
              }
              String name = entry.getKey().substring(2);
              JsonNode value = object.path(name);
              JsonNode now = stillOwned.path(entry.getKey());
              if (entry.getValue().isEmpty()) {
                if (now.isMissingNode()) {
                  object.remove(name);
                }
              } else if (value.isObject()) {
                removeDropped((ObjectNode) value, entry.getValue(), now);
                removeIfEmpty(object, name, now);
              } else if (value.isArray()) {
                removeElements((ArrayNode) value, name, entry.getValue(), now);
                removeIfEmpty(object, name, now);
              }
            });
  }

  private static void removeElements(ArrayNode list, String name, JsonNode owned, JsonNode now) {
    owned
        .properties()
        .forEach(
            entry -> {
              for (int i = list.size() - 1; i >= 0; i--) {
                if (!entry.getKey().equals("k:" + ListKeys.key(name, list.get(i)))) {
                  continue;
                }
                if (!now.has(entry.getKey())) {
                  list.remove(i);
                } else {
                  removeDropped(
                      (ObjectNode) list.get(i), entry.getValue(), now.get(entry.getKey()));
                }
              }
            });
  }

  private static void removeIfEmpty(ObjectNode object, String name, JsonNode now) {
    if (now.isMissingNode() && object.path(name).isEmpty()) {
      object.remove(name);
    }
  }
}

package dev.modelyard.local.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * Which lists are maps in disguise, by the name of the field: Kubernetes' patchMergeKey and
 * listMapKeys of the types that a laptop sees.
 */
final class ListKeys {
  private static final Map<String, List<List<String>>> KEYS =
      Map.of(
          "containers", List.of(List.of("name")),
          "initContainers", List.of(List.of("name")),
          "env", List.of(List.of("name")),
          "volumes", List.of(List.of("name")),
          "imagePullSecrets", List.of(List.of("name")),
          "volumeMounts", List.of(List.of("mountPath")),
          "ports", List.of(List.of("containerPort", "protocol"), List.of("port", "protocol")),
          "conditions", List.of(List.of("type")),
          "ownerReferences", List.of(List.of("uid")));

  private ListKeys() {}

  /** Whether the list is merged element by element; an empty list is when its field is. */
  static boolean isKeyed(String field, JsonNode list) {
    List<List<String>> candidates = KEYS.get(field);
    if (candidates == null || !list.isArray()) {
      return false;
    }
    for (JsonNode element : list) {
      if (key(field, element).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** The element's key fields; an empty object when it has none. */
  static ObjectNode key(String field, JsonNode element) {
    ObjectNode key = JsonNodeFactory.instance.objectNode();
    for (List<String> names : KEYS.getOrDefault(field, List.of())) {
      if (element.has(names.get(0))) {
        for (String name : names) {
          if (element.has(name)) {
            key.set(name, element.get(name));
          }
        }
        return key;
      }
    }
    return key;
  }

  /** Position of the element with that key, -1 when there is none. */
  static int indexOf(JsonNode list, String field, ObjectNode key) {
    for (int i = 0; i < list.size(); i++) {
      if (key.equals(key(field, list.get(i)))) {
        return i;
      }
    }
    return -1;
  }
}

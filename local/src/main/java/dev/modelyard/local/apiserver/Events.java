package dev.modelyard.local.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Events are kept in the core form and shown in both, as a real API server does. */
final class Events {
  private static final Map<String, String> NEW_TO_CORE =
      Map.of(
          "regarding", "involvedObject",
          "note", "message",
          "reportingController", "reportingComponent",
          "deprecatedSource", "source",
          "deprecatedCount", "count",
          "deprecatedFirstTimestamp", "firstTimestamp",
          "deprecatedLastTimestamp", "lastTimestamp");

  private Events() {}

  static ObjectNode toCore(ObjectNode event) {
    ObjectNode core = event.deepCopy();
    NEW_TO_CORE.forEach((from, to) -> rename(core, from, to));
    return core.put("apiVersion", "v1");
  }

  static ObjectNode toNew(ObjectNode event) {
    ObjectNode changed = event.deepCopy();
    NEW_TO_CORE.forEach((to, from) -> rename(changed, from, to));
    return changed.put("apiVersion", "events.k8s.io/v1");
  }

  private static void rename(ObjectNode object, String from, String to) {
    JsonNode value = object.remove(from);
    if (value != null) {
      object.set(to, value);
    }
  }
}

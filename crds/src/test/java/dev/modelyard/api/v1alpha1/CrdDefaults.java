package dev.modelyard.api.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What the API server adds to an object that is silent. */
final class CrdDefaults {
  private CrdDefaults() {}

  /** A copy of the object with the schema's defaults. */
  static JsonNode filled(JsonNode schema, JsonNode object) {
    JsonNode copy = object.deepCopy();
    fill(schema, copy);
    return copy;
  }

  private static void fill(JsonNode schema, JsonNode value) {
    if (value instanceof ObjectNode object) {
      schema
          .path("properties")
          .properties()
          .forEach(
              property -> {
                if (property.getValue().has("default") && !object.has(property.getKey())) {
                  object.set(property.getKey(), property.getValue().get("default").deepCopy());
                }
                fill(property.getValue(), object.path(property.getKey()));
              });
    }
    if (value.isArray()) {
      value.forEach(element -> fill(schema.path("items"), element));
    }
  }
}

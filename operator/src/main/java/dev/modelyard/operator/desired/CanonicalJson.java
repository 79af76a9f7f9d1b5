package dev.modelyard.operator.desired;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One text for equal values: keys sorted, no white space, and absent, null and empty fields all
 * left out. A field that a later version adds therefore changes nothing where it is not used.
 */
final class CanonicalJson {
  /**
   * Kubernetes' own types, in which an empty object may mean something else than an absent one: an
   * empty label selector matches every pod, an absent one none.
   */
  private static final Set<String> TAKEN_AS_THEY_ARE = Set.of("affinity");

  private static final ObjectMapper MAPPER =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private CanonicalJson() {}

  static String write(Object value) {
    return prune(MAPPER.valueToTree(value)).toString();
  }

  /**
   * @throws IllegalArgumentException where the text is no JSON of that type
   */
  static <T> T read(String json, Class<T> type) {
    try {
      return MAPPER.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "not the JSON of a " + type.getSimpleName() + ": " + e.getOriginalMessage(), e);
    }
  }

  private static ObjectNode prune(JsonNode object) {
    ObjectNode pruned = JsonNodeFactory.instance.objectNode();
    sortedFields(object)
        .forEach(
            (name, value) -> {
              JsonNode kept =
                  value.isObject() && !TAKEN_AS_THEY_ARE.contains(name)
                      ? prune(value)
                      : sort(value);
              if (!kept.isContainerNode() || !kept.isEmpty()) {
                pruned.set(name, kept);
              }
            });
    return pruned;
  }

  private static JsonNode sort(JsonNode value) {
    if (value.isObject()) {
      ObjectNode sorted = JsonNodeFactory.instance.objectNode();
      sortedFields(value).forEach((name, field) -> sorted.set(name, sort(field)));
      return sorted;
    }
    if (value.isArray()) {
      ArrayNode sorted = JsonNodeFactory.instance.arrayNode();
      value.forEach(element -> sorted.add(sort(element)));
      return sorted;
    }
    return value;
  }

  private static Map<String, JsonNode> sortedFields(JsonNode object) {
    Map<String, JsonNode> fields = new TreeMap<>();
    object
        .properties()
        .forEach(
            field -> {
              if (!field.getValue().isNull()) {
                fields.put(field.getKey(), field.getValue());
              }
            });
    return fields;
  }
}

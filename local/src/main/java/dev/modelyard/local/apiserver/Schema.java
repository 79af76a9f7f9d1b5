package dev.modelyard.local.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Checks a custom resource against its CRD's OpenAPI schema: unknown fields, types, required, enum,
 * bounds and patterns. CEL rules are not evaluated. Wording as of a real API server.
 */
final class Schema {
  private final List<String> unknown = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private Schema() {}

  /**
   * Checks and fills in defaults.
   *
   * @throws ApiError 400 naming unknown fields, 422 naming wrong values
   */
  static void check(ResourceType type, ObjectNode object) {
    var check = new Schema();
    for (String part : List.of("spec", "status")) {
      JsonNode schema = type.schema().path("properties").path(part);
      if (object.has(part) && !schema.isMissingNode()) {
        check.value(part, object.get(part), schema);
      }
    }
    check.fields(
        "", object, type.schema(), List.of("apiVersion", "kind", "metadata", "spec", "status"));
    if (!check.unknown.isEmpty()) {
      throw ApiError.badRequest(
          type.kind()
              + " in version \""
              + type.version()
              + "\" cannot be handled as a "
              + type.kind()
              + ": strict decoding error: "
              + String.join(
                  ", ",
                  check.unknown.stream().map(path -> "unknown field \"" + path + "\"").toList()));
    }
    if (!check.problems.isEmpty()) {
      throw ApiError.invalid(type, object.path("metadata").path("name").asText(), check.problems);
    }
  }

  private void fields(String path, ObjectNode object, JsonNode schema, List<String> known) {
    for (JsonNode name : schema.path("required")) {
      if (!object.has(name.asText())) {
        problems.add(join(path, name.asText()) + ": Required value");
      }
    }
    object
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                unknown.add(join(path, name));
              }
            });
  }

  private void value(String path, JsonNode value, JsonNode schema) {
    if (value.isNull() && schema.path("nullable").asBoolean()) {
      return;
    }
    if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
      if (!value.isIntegralNumber() && !value.isTextual()) {
        wrongType(path, value, "integer or string");
      }
      return;
    }
    switch (schema.path("type").asText()) {
      case "object" -> object(path, value, schema);
      case "array" -> array(path, value, schema);
      case "string" -> string(path, value, schema);
      case "integer" -> {
        if (value.isIntegralNumber()) {
          bounds(path, value, schema);
        } else {
          wrongType(path, value, "integer");
        }
      }
      case "number" -> {
        if (value.isNumber()) {
          bounds(path, value, schema);
        } else {
          wrongType(path, value, "number");
        }
      }
      case "boolean" -> {
        if (!value.isBoolean()) {
          wrongType(path, value, "boolean");
        }
      }
      default -> {
        // A schema without a type says nothing about the value.
      }
    }
    oneOf(path, value, schema);
  }

  private void object(String path, JsonNode value, JsonNode schema) {
    if (!value.isObject()) {
      wrongType(path, value, "object");
      return;
    }
    ObjectNode object = (ObjectNode) value;
    JsonNode properties = schema.path("properties");
    properties
        .properties()
        .forEach(
            property -> {
              if (!object.has(property.getKey()) && property.getValue().has("default")) {
                object.set(property.getKey(), property.getValue().get("default").deepCopy());
              }
            });
    size(path, object.size(), schema, "minProperties", "maxProperties", "must have at %s %d items");
    JsonNode additional = schema.path("additionalProperties");
    boolean open =
        additional.isObject()
            || additional.asBoolean()
            || schema.path("x-kubernetes-preserve-unknown-fields").asBoolean();
    List<String> known = new ArrayList<>();
    object
        .properties()
        .forEach(
            field -> {
              JsonNode child = properties.path(field.getKey());
              if (!child.isMissingNode()) {
                value(join(path, field.getKey()), field.getValue(), child);
              } else if (additional.isObject()) {
                value(join(path, field.getKey()), field.getValue(), additional);
              }
              if (open || !child.isMissingNode()) {
                known.add(field.getKey());
              }
            });
    fields(path, object, schema, known);
  }

  private void array(String path, JsonNode value, JsonNode schema) {
    if (!value.isArray()) {
      wrongType(path, value, "array");
      return;
    }
    size(path, value.size(), schema, "minItems", "maxItems", "must have at %s %d items");
    for (int i = 0; i < value.size(); i++) {
      value(path + "[" + i + "]", value.get(i), schema.path("items"));
    }
  }

  private void string(String path, JsonNode value, JsonNode schema) {
    if (!value.isTextual()) {
      wrongType(path, value, "string");
      return;
    }
    String text = value.asText();
    size(
        path,
        text.codePointCount(0, text.length()),
        schema,
        "minLength",
        "maxLength",
        "must be at %s %d characters long");
    String pattern = schema.path("pattern").asText("");
    if (!pattern.isEmpty() && !Pattern.compile(pattern).matcher(text).find()) {
      problems.add(invalid(path, value) + " should match '" + pattern + "'");
    }
  }

  private void size(
      String path, int size, JsonNode schema, String minimum, String maximum, String words) {
    if (schema.has(minimum) && size < schema.get(minimum).asInt()) {
      problems.add(
          path + ": Invalid value: " + String.format(words, "least", schema.get(minimum).asInt()));
    }
    if (schema.has(maximum) && size > schema.get(maximum).asInt()) {
      problems.add(
          path + ": Invalid value: " + String.format(words, "most", schema.get(maximum).asInt()));
    }
  }

  private void bounds(String path, JsonNode value, JsonNode schema) {
    if (schema.has("minimum")
        && value.decimalValue().compareTo(schema.get("minimum").decimalValue()) < 0) {
      problems.add(
          invalid(path, value)
              + " should be greater than or equal to "
              + schema.get("minimum").decimalValue().stripTrailingZeros().toPlainString());
    }
    if (schema.has("maximum")
        && value.decimalValue().compareTo(schema.get("maximum").decimalValue()) > 0) {
      problems.add(
          invalid(path, value)
              + " should be less than or equal to "
              + schema.get("maximum").decimalValue().stripTrailingZeros().toPlainString());
    }
  }

  private void oneOf(String path, JsonNode value, JsonNode schema) {
    JsonNode values = schema.path("enum");
    if (values.isMissingNode()) {
      return;
    }
    List<String> supported = new ArrayList<>();
    for (JsonNode candidate : values) {
      if (candidate.equals(value)) {
        return;
      }
      supported.add(candidate.toString());
    }
    problems.add(
        path
            + ": Unsupported value: "
            + value
            + ": supported values: "
            + String.join(", ", supported));
  }

  private void wrongType(String path, JsonNode value, String wanted) {
    problems.add(invalid(path, value) + " must be of type " + wanted);
  }

  private static String invalid(String path, JsonNode value) {
    return path + ": Invalid value: " + value + ": " + path + " in body";
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}

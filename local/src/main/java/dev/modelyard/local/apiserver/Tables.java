package dev.modelyard.local.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;

/** meta.k8s.io/v1 Tables: what {@code kubectl get} prints. */
final class Tables {
  private Tables() {}

  static boolean asked(String accept) {
    return accept != null && accept.contains("as=Table");
  }

  static ObjectNode table(ResourceType type, List<? extends JsonNode> objects, String version) {
    ObjectNode table = JsonNodeFactory.instance.objectNode();
    table.put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
    table.putObject("metadata").put("resourceVersion", version);
    ArrayNode columns = table.putArray("columnDefinitions");
    column(columns, "Name", "string", "name", 0);
    type.columns().forEach(c -> column(columns, c.name(), c.type(), "", c.priority()));
    ArrayNode rows = table.putArray("rows");
    for (JsonNode object : objects) {
      ObjectNode row = rows.addObject();
      ArrayNode cells = row.putArray("cells");
      cells.add(object.path("metadata").path("name").asText());
      type.columns().forEach(column -> cells.add(cell(column, object)));
      ObjectNode partial = row.putObject("object");
      partial.put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/v1");
      partial.set("metadata", object.get("metadata"));
    }
    return table;
  }

  private static void column(
      ArrayNode columns, String name, String type, String format, int priority) {
    columns
        .addObject()
        .put("name", name)
        .put("type", type)
        .put("format", format)
        .put("description", name)
        .put("priority", priority);
  }

  private static JsonNode cell(ResourceType.Column column, JsonNode object) {
    JsonNode value = JsonPaths.read(object, column.path());
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (value.isMissingNode() || value.isNull()) {
      return "string".equals(column.type()) ? nodes.textNode("") : nodes.nullNode();
    }
    if ("date".equals(column.type())) {
      return nodes.textNode(age(value.asText()));
    }
    return "integer".equals(column.type()) ? value : nodes.textNode(value.asText(value.toString()));
  }

  private static String age(String timestamp) {
    try {
      Duration age = Duration.between(Instant.parse(timestamp), Instant.now());
      if (age.toMinutes() < 2) {
        return Math.max(0, age.toSeconds()) + "s";
      }
      if (age.toHours() < 2) {
        return age.toMinutes() + "m";
      }
      return age.toDays() < 2 ? age.toHours() + "h" : age.toDays() + "d";
    } catch (DateTimeParseException e) {
      return "<invalid>";
    }
  }
}

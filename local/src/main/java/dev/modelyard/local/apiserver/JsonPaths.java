package dev.modelyard.local.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of JSONPath that CRDs use: {@code .a.b}, {@code ['a/b']}, {@code [0]} and {@code
 * [?(@.type=="Ready")]}.
 */
final class JsonPaths {
  private static final Pattern STEP =
      Pattern.compile(
          "\\.([A-Za-z0-9_-]+)"
              + "|\\['([^']+)'\\]"
              + "|\\[(\\d+)\\]"
              + "|\\[\\?\\(@\\.([A-Za-z0-9_-]+)==[\"']([^\"']*)[\"']\\)\\]");

  private JsonPaths() {}

  /** What the path leads to, or a missing node. */
  static JsonNode read(JsonNode root, String path) {
    JsonNode node = root;
    Matcher step = STEP.matcher(path);
    int end = 0;
    while (end < path.length() && step.find(end) && step.start() == end) {
      end = step.end();
      if (step.group(1) != null) {
        node = node.path(step.group(1));
      } else if (step.group(2) != null) {
        node = node.path(step.group(2));
      } else if (step.group(3) != null) {
        node = node.path(Integer.parseInt(step.group(3)));
      } else {
        node = firstWith(node, step.group(4), step.group(5));
      }
    }
    return end == path.length() ? node : MissingNode.getInstance();
  }

  private static JsonNode firstWith(JsonNode array, String field, String value) {
    for (JsonNode element : array) {
      if (value.equals(element.path(field).asText())) {
        return element;
      }
    }
    return MissingNode.getInstance();
  }

  /** Sets what a path of plain names leads to, with the objects on the way. */
  static void write(ObjectNode root, String path, JsonNode value) {
    List<String> names = new ArrayList<>(List.of(path.substring(1).split("\\.")));
    String last = names.remove(names.size() - 1);
    ObjectNode node = root;
    for (String name : names) {
      node = node.path(name).isObject() ? (ObjectNode) node.get(name) : node.putObject(name);
    }
    node.set(last, value);
  }
}

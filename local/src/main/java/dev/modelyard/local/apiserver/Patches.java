package dev.modelyard.local.apiserver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.zjsonpatch.JsonPatch;
import io.fabric8.zjsonpatch.JsonPatchException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The four forms of a patch. Server-side apply is an upsert that removes what its manager applied
 * before and no longer does; it never reports a conflict.
 */
final class Patches {
  static final String APPLY = "application/apply-patch+yaml";
  static final String JSON = "application/json-patch+json";
  static final String MERGE = "application/merge-patch+json";
  static final String STRATEGIC = "application/strategic-merge-patch+json";

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final YAMLMapper YAML = new YAMLMapper();

  private Patches() {}

  /**
   * @param body of the request
   * @return the body of an apply patch
   */
  static ObjectNode applied(String body) {
    try {
      JsonNode applied = YAML.readTree(body);
      if (applied == null || !applied.isObject()) {
        throw ApiError.badRequest("an apply patch is an object");
      }
      return (ObjectNode) applied;
    } catch (JsonProcessingException e) {
      throw ApiError.badRequest("cannot read the patch: " + e.getOriginalMessage());
    }
  }

  /**
   * @param current is not changed
   * @throws ApiError for a type of patch or a body that is not known
   */
  static ObjectNode patch(ObjectNode current, String type, String body) {
    try {
      return switch (type) {
        case JSON -> {
          JsonNode patched = JsonPatch.apply(MAPPER.readTree(body), current);
          if (!patched.isObject()) {
            throw ApiError.badRequest("the patch leaves no object");
          }
          yield (ObjectNode) patched;
        }
        case MERGE -> {
          ObjectNode merged = current.deepCopy();
          merge(merged, object(body));
          yield merged;
        }
        case STRATEGIC -> {
          ObjectNode merged = current.deepCopy();
          mergeStrategically(merged, object(body));
          yield merged;
        }
        default -> throw ApiError.unsupportedMediaType(type);
      };
    } catch (JsonProcessingException e) {
      throw ApiError.badRequest("cannot read the patch: " + e.getOriginalMessage());
    } catch (JsonPatchException e) {
      throw ApiError.badRequest("cannot apply the patch: " + e.getMessage());
    }
  }

  private static ObjectNode object(String body) throws JsonProcessingException {
    JsonNode patch = MAPPER.readTree(body);
    if (!patch.isObject()) {
      throw ApiError.badRequest("a merge patch is an object");
    }
    return (ObjectNode) patch;
  }

  /** RFC 7386. */
  private static void merge(ObjectNode target, ObjectNode patch) {
    patch
        .properties()
        .forEach(
            field -> {
              JsonNode value = field.getValue();
              if (value.isNull()) {
                target.remove(field.getKey());
              } else if (value.isObject()) {
                ObjectNode child =
                    target.path(field.getKey()).isObject()
                        ? (ObjectNode) target.get(field.getKey())
                        : target.putObject(field.getKey());
                merge(child, (ObjectNode) value);
              } else {
                target.set(field.getKey(), value);
              }
            });
  }

  private static void mergeStrategically(ObjectNode target, ObjectNode patch) {
    patch
        .properties()
        .forEach(
            field -> {
              String name = field.getKey();
              JsonNode value = field.getValue();
              if (name.startsWith("$")) {
                return;
              }
              if (value.isNull()) {
                target.remove(name);
              } else if (value.isObject() && "replace".equals(value.path("$patch").asText())) {
                ObjectNode replaced = value.deepCopy();
                replaced.remove("$patch");
                target.set(name, replaced);
              } else if (value.isObject() && "delete".equals(value.path("$patch").asText())) {
                target.remove(name);
              } else if (value.isObject()) {
                ObjectNode child =
                    target.path(name).isObject()
                        ? (ObjectNode) target.get(name)
                        : target.putObject(name);
                mergeStrategically(child, (ObjectNode) value);
              } else if (ListKeys.isKeyed(name, value)) {
                ArrayNode list =
                    target.path(name).isArray()
                        ? (ArrayNode) target.get(name)
                        : target.putArray(name);
                mergeElements(list, name, value);
              } else {
                target.set(name, value);
              }
            });
  }

  private static void mergeElements(ArrayNode list, String name, JsonNode elements) {
    for (JsonNode element : elements) {
      int index = ListKeys.indexOf(list, name, ListKeys.key(name, element));
      if ("delete".equals(element.path("$patch").asText())) {
        if (index >= 0) {
          list.remove(index);
        }
      } else if (index >= 0) {
        mergeStrategically((ObjectNode) list.get(index), (ObjectNode) element);
      } else {
        list.add(element);
      }
    }
  }

  /**
   * Applies a configuration for a manager.
   *
   * @param current is not changed
   * @param subresource empty for the object itself
   */
  static ObjectNode apply(
      ObjectNode current, ObjectNode applied, String manager, String subresource) {
    ObjectNode result = current.deepCopy();
    ObjectNode owned = FieldSets.of(applied);
    ObjectNode metadata =
        result.path("metadata").isObject()
            ? (ObjectNode) result.get("metadata")
            : result.putObject("metadata");
    ArrayNode managed =
        metadata.path("managedFields").isArray()
            ? (ArrayNode) metadata.get("managedFields")
            : metadata.putArray("managedFields");
    ObjectNode entry = null;
    for (JsonNode candidate : managed) {
      if (manager.equals(candidate.path("manager").asText())
          && "Apply".equals(candidate.path("operation").asText())
          && subresource.equals(candidate.path("subresource").asText(""))) {
        entry = (ObjectNode) candidate;
      }
    }
    if (entry == null) {
      entry = managed.addObject().put("manager", manager).put("operation", "Apply");
    } else {
      FieldSets.removeDropped(result, entry.path("fieldsV1"), owned);
    }
    if (!owned.equals(entry.path("fieldsV1"))) {
      entry.set("apiVersion", applied.path("apiVersion"));
      entry.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
      entry.put("fieldsType", "FieldsV1").set("fieldsV1", owned);
      if (!subresource.isEmpty()) {
        entry.put("subresource", subresource);
      }
    }
    ObjectNode body = applied.deepCopy();
    if (body.path("metadata").isObject()) {
      ((ObjectNode) body.get("metadata")).remove("managedFields");
    }
    mergeStrategically(result, body);
    return result;
  }
}

package dev.modelyard.local.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.modelyard.local.apiserver.ObjectStore.Key;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What a write does to an object beside what was asked: identity, generation, resource version,
 * status as a subresource, deletion in two steps. As in Kubernetes' API conventions.
 */
final class Objects {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.:]*[a-z0-9])?");
  private static final String NAME_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
  private static final List<String> KEPT =
      List.of(
          "uid",
          "creationTimestamp",
          "generation",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "name",
          "namespace");

  private final ObjectStore store;
  private final ResourceTypes types;
  private final Random random = new Random();

  Objects(ObjectStore store, ResourceTypes types) {
    this.store = store;
    this.types = types;
  }

  static Key key(ResourceType type, String namespace, String name) {
    // Both forms of an event are one object.
    String stored =
        type == ResourceTypes.NEW_EVENT
            ? ResourceTypes.EVENT.qualifiedName()
            : type.qualifiedName();
    return new Key(stored, namespace == null ? "" : namespace, name);
  }

  /**
   * @throws ApiError 404 when there is none
   */
  ObjectNode get(ResourceType type, String namespace, String name) {
    ObjectNode object = store.get(key(type, namespace, name));
    if (object == null) {
      throw ApiError.notFound(type, name);
    }
    return object;
  }

  ObjectNode create(ResourceType type, String namespace, ObjectNode wanted) {
    ObjectNode object = wanted.deepCopy();
    identify(type, namespace, object);
    ObjectNode metadata = (ObjectNode) object.get("metadata");
    String name = name(type, metadata);
    Key key = key(type, namespace, name);
    if (store.get(key) != null) {
      throw ApiError.alreadyExists(type, name);
    }
    if (namespace != null && store.get(key(ResourceTypes.NAMESPACE, null, namespace)) == null) {
      throw ApiError.notFound(ResourceTypes.NAMESPACE, namespace);
    }
    metadata.put("uid", UUID.randomUUID().toString());
    metadata.put("creationTimestamp", now());
    metadata.remove(List.of("deletionTimestamp", "deletionGracePeriodSeconds", "generation"));
    if (type.generation()) {
      metadata.put("generation", 1);
    }
    if (type.status()) {
      object.remove("status");
    }
    if (type.schema() != null) {
      Schema.check(type, object);
    }
    if (type == ResourceTypes.POD) {
      object.putObject("status").put("phase", "Pending");
    }
    if (type == ResourceTypes.NAMESPACE) {
      object.putObject("status").put("phase", "Active");
    }
    if (type == ResourceTypes.DEFINITION) {
      establish(object);
    }
    return store.put(key, object);
  }

  private void establish(ObjectNode definition) {
    ObjectNode status = definition.putObject("status");
    var conditions = status.putArray("conditions");
    for (String condition : List.of("NamesAccepted", "Established")) {
      conditions
          .addObject()
          .put("type", condition)
          .put("status", "True")
          .put("lastTransitionTime", now())
          .put("reason", condition)
          .put("message", "");
    }
    status.set("acceptedNames", definition.path("spec").path("names"));
    status.putArray("storedVersions");
    types.define(definition);
  }

  /**
   * @param subresource empty, or "status"
   * @return what is stored now; the former object when nothing changed
   */
  ObjectNode update(ResourceType type, ObjectNode former, ObjectNode wanted, String subresource) {
    ObjectNode object = wanted.deepCopy();
    String namespace = former.path("metadata").path("namespace").asText(null);
    String name = former.path("metadata").path("name").asText();
    identify(type, namespace, object);
    ObjectNode metadata = (ObjectNode) object.get("metadata");
    checkPreconditions(type, name, former.path("metadata"), metadata);
    for (String field : KEPT) {
      JsonNode kept = former.path("metadata").path(field);
      if (kept.isMissingNode()) {
        metadata.remove(field);
      } else {
        metadata.set(field, kept);
      }
    }
    metadata.set("resourceVersion", former.path("metadata").path("resourceVersion"));
    if (subresource.equals("status")) {
      object = statusOf(former, object);
    } else if (type.status()) {
      object.remove("status");
      if (former.has("status")) {
        object.set("status", former.get("status"));
      }
    }
    if (type.schema() != null) {
      Schema.check(type, object);
    }
    if (object.equals(former)) {
      return former;
    }
    if (type.generation() && !sameSpec(former, object)) {
      ((ObjectNode) object.get("metadata"))
          .put("generation", former.path("metadata").path("generation").asLong() + 1);
    }
    Key key = key(type, namespace, name);
    store.put(key, object);
    if (type == ResourceTypes.DEFINITION) {
      types.define(object);
    }
    return isToGo(type, object) ? store.remove(key) : object;
  }

  private static ObjectNode statusOf(ObjectNode former, ObjectNode wanted) {
    ObjectNode object = former.deepCopy();
    if (wanted.has("status")) {
      object.set("status", wanted.get("status"));
    } else {
      object.remove("status");
    }
    JsonNode managed = wanted.path("metadata").path("managedFields");
    if (!managed.isMissingNode()) {
      ((ObjectNode) object.get("metadata")).set("managedFields", managed);
    }
    return object;
  }

  private static boolean sameSpec(ObjectNode former, ObjectNode object) {
    return former
        .deepCopy()
        .without(List.of("metadata", "status"))
        .equals(object.deepCopy().without(List.of("metadata", "status")));
  }

  private static void checkPreconditions(
      ResourceType type, String name, JsonNode former, JsonNode wanted) {
    String version = wanted.path("resourceVersion").asText("");
    if (!version.isEmpty() && !version.equals(former.path("resourceVersion").asText())) {
      throw ApiError.conflict(
          type,
          name,
          "the object has been modified; please apply your changes to the latest version and try"
              + " again");
    }
    String uid = wanted.path("uid").asText("");
    if (!uid.isEmpty() && !uid.equals(former.path("uid").asText())) {
      throw ApiError.conflict(
          type,
          name,
          "Precondition failed: UID in precondition: "
              + uid
              + ", UID in object meta: "
              + former.path("uid").asText());
    }
  }

  /**
   * Deletes, or marks as being deleted what has finalizers, or is a pod that a node runs.
   *
   * @param options DeleteOptions, may be empty
   */
  ObjectNode delete(ResourceType type, ObjectNode object, JsonNode options) {
    String namespace = object.path("metadata").path("namespace").asText(null);
    String name = object.path("metadata").path("name").asText();
    Key key = key(type, namespace, name);
    checkPreconditions(type, name, object.path("metadata"), options.path("preconditions"));
    ObjectNode going = object.deepCopy();
    ObjectNode metadata = (ObjectNode) going.get("metadata");
    if (!metadata.has("deletionTimestamp")) {
      metadata.put("deletionTimestamp", now());
    }
    if (type == ResourceTypes.POD) {
      long grace = going.path("spec").path("terminationGracePeriodSeconds").asLong(30);
      boolean runs = !going.path("spec").path("nodeName").asText("").isEmpty();
      metadata.put(
          "deletionGracePeriodSeconds",
          runs ? options.path("gracePeriodSeconds").asLong(grace) : 0);
    }
    if (isToGo(type, going)) {
      if (type == ResourceTypes.NAMESPACE) {
        deleteContents(name);
      }
      if (type == ResourceTypes.DEFINITION) {
        deleteResources(going);
      }
      return store.remove(key);
    }
    return going.equals(object) ? object : store.put(key, going);
  }

  private void deleteContents(String namespace) {
    for (ResourceType type : List.copyOf(types.all())) {
      if (type.namespaced()) {
        store
            .list(key(type, namespace, "").type(), namespace)
            .forEach(object -> delete(type, object, object.path("none")));
      }
    }
  }

  private void deleteResources(ObjectNode definition) {
    JsonNode spec = definition.path("spec");
    for (ResourceType type : List.copyOf(types.all())) {
      if (type.schema() != null
          && type.qualifiedName().equals(definition.path("metadata").path("name").asText())) {
        store
            .list(type.qualifiedName(), null)
            .forEach(object -> delete(type, object, spec.path("none")));
      }
    }
    types.forget(definition);
  }

  private static boolean isToGo(ResourceType type, ObjectNode object) {
    JsonNode metadata = object.path("metadata");
    return metadata.has("deletionTimestamp")
        && metadata.path("finalizers").isEmpty()
        && (type != ResourceTypes.POD || metadata.path("deletionGracePeriodSeconds").asLong() == 0);
  }

  private static void identify(ResourceType type, String namespace, ObjectNode object) {
    String version = object.path("apiVersion").asText(type.apiVersion());
    String kind = object.path("kind").asText(type.kind());
    if (!version.equals(type.apiVersion()) || !kind.equals(type.kind())) {
      throw ApiError.badRequest(
          version + " " + kind + " does not belong to the path of " + type.qualifiedName());
    }
    object.put("apiVersion", type.apiVersion()).put("kind", type.kind());
    ObjectNode metadata =
        object.path("metadata").isObject()
            ? (ObjectNode) object.get("metadata")
            : object.putObject("metadata");
    String own = metadata.path("namespace").asText("");
    if (namespace != null && !own.isEmpty() && !own.equals(namespace)) {
      throw ApiError.badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
    if (namespace != null) {
      metadata.put("namespace", namespace);
    } else {
      metadata.remove("namespace");
    }
  }

  private String name(ResourceType type, ObjectNode metadata) {
    String name = metadata.path("name").asText("");
    String prefix = metadata.path("generateName").asText("");
    if (name.isEmpty() && !prefix.isEmpty()) {
      var generated = new StringBuilder(prefix);
      random
          .ints(5, 0, NAME_ALPHABET.length())
          .forEach(i -> generated.append(NAME_ALPHABET.charAt(i)));
      name = generated.toString();
      metadata.put("name", name);
    }
    if (name.isEmpty()) {
      throw ApiError.invalid(
          type, "", List.of("metadata.name: Required value: name or generateName is required"));
    }
    if (name.length() > 253 || !NAME.matcher(name).matches()) {
      throw ApiError.invalid(
          type,
          name,
          List.of(
              "metadata.name: Invalid value: \""
                  + name
                  + "\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
                  + " characters, '-' or '.', and must start and end with an alphanumeric"
                  + " character"));
    }
    return name;
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}

package dev.modelyard.local.apiserver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Predicate;

/** Answers requests to resources, watches apart. */
final class ApiHandler {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** An answer: a status code and a body. */
  record Answer(int code, ObjectNode body) {}

  private final ObjectStore store;
  private final Objects objects;

  ApiHandler(ObjectStore store, Objects objects) {
    this.store = store;
    this.objects = objects;
  }

  static Predicate<JsonNode> selection(ApiRequest request) {
    Predicate<JsonNode> selection =
        Selectors.labels(request.query().get("labelSelector"))
            .and(Selectors.fields(request.query().get("fieldSelector")));
    return request.name() == null
        ? selection
        : selection.and(
            object -> request.name().equals(object.path("metadata").path("name").asText()));
  }

  /**
   * @throws ApiError for every request that fails
   */
  Answer handle(ApiRequest request) {
    if (request.subresource().equals("binding")) {
      return bind(request);
    }
    if (request.subresource().equals("scale") && request.type().scale() != null) {
      return scale(request);
    }
    boolean known =
        request.subresource().isEmpty()
            || (request.subresource().equals("status") && request.type().status());
    if (!known) {
      throw ApiError.noSuchPath();
    }
    if (request.name() == null) {
      return switch (request.method()) {
        case "GET" -> new Answer(200, list(request));
        case "POST" -> new Answer(201, create(request));
        case "DELETE" -> new Answer(200, deleteAll(request));
        default -> throw ApiError.methodNotAllowed();
      };
    }
    return switch (request.method()) {
      case "GET" -> new Answer(200, shown(request, current(request)));
      case "PUT" -> new Answer(200, replace(request));
      case "PATCH" -> patch(request);
      case "DELETE" -> new Answer(200, delete(request));
      default -> throw ApiError.methodNotAllowed();
    };
  }

  private ObjectNode current(ApiRequest request) {
    return objects.get(request.type(), request.namespace(), request.name());
  }

  private static ObjectNode shown(ApiRequest request, ObjectNode stored) {
    ObjectNode object = request.type() == ResourceTypes.NEW_EVENT ? Events.toNew(stored) : stored;
    return request.table()
        ? Tables.table(
            request.type(),
            List.of(object),
            object.path("metadata").path("resourceVersion").asText())
        : object;
  }

  private ObjectNode list(ApiRequest request) {
    List<ObjectNode> found =
        store.list(Objects.key(request.type(), "", "").type(), request.namespace()).stream()
            .filter(selection(request))
            .map(
                object -> request.type() == ResourceTypes.NEW_EVENT ? Events.toNew(object) : object)
            .toList();
    String version = String.valueOf(store.version());
    if (request.table()) {
      return Tables.table(request.type(), found, version);
    }
    ObjectNode list = JsonNodeFactory.instance.objectNode();
    list.put("kind", request.type().kind() + "List").put("apiVersion", request.type().apiVersion());
    list.putObject("metadata").put("resourceVersion", version);
    ArrayNode items = list.putArray("items");
    found.forEach(items::add);
    return list;
  }

  private ObjectNode create(ApiRequest request) {
    ObjectNode object = stored(request, json(request.body()));
    ObjectNode created = objects.create(storedType(request), request.namespace(), object);
    return shown(request, created);
  }

  private static ResourceType storedType(ApiRequest request) {
    return request.type() == ResourceTypes.NEW_EVENT ? ResourceTypes.EVENT : request.type();
  }

  private static ObjectNode stored(ApiRequest request, ObjectNode object) {
    return request.type() == ResourceTypes.NEW_EVENT ? Events.toCore(object) : object;
  }

  private ObjectNode replace(ApiRequest request) {
    ObjectNode object = stored(request, json(request.body()));
    return shown(
        request,
        objects.update(storedType(request), current(request), object, request.subresource()));
  }

  private Answer patch(ApiRequest request) {
    ResourceType type = storedType(request);
    if (Patches.APPLY.equals(request.contentType())) {
      return apply(request, type);
    }
    ObjectNode former = current(request);
    ObjectNode shape = request.type() == ResourceTypes.NEW_EVENT ? Events.toNew(former) : former;
    ObjectNode patched = Patches.patch(shape, request.contentType(), request.body());
    // A patch that names no version applies to whatever is there.
    return new Answer(
        200,
        shown(
            request,
            objects.update(type, former, stored(request, patched), request.subresource())));
  }

  private Answer apply(ApiRequest request, ResourceType type) {
    ObjectNode applied = stored(request, Patches.applied(request.body()));
    String manager = request.query().getOrDefault("fieldManager", "");
    if (manager.isEmpty()) {
      throw ApiError.badRequest("fieldManager is required for apply patch");
    }
    ObjectNode former = store.get(Objects.key(type, request.namespace(), request.name()));
    if (former != null) {
      ObjectNode result = Patches.apply(former, applied, manager, request.subresource());
      return new Answer(
          200, shown(request, objects.update(type, former, result, request.subresource())));
    }
    if (!request.subresource().isEmpty()) {
      throw ApiError.notFound(type, request.name());
    }
    ObjectNode empty = JsonNodeFactory.instance.objectNode();
    empty.putObject("metadata").put("name", request.name());
    ObjectNode result = Patches.apply(empty, applied, manager, "");
    return new Answer(201, shown(request, objects.create(type, request.namespace(), result)));
  }

  private ObjectNode delete(ApiRequest request) {
    ObjectNode options = deleteOptions(request);
    ObjectNode last = objects.delete(storedType(request), current(request), options);
    return shown(request, last);
  }

  private ObjectNode deleteAll(ApiRequest request) {
    ObjectNode options = deleteOptions(request);
    ObjectNode list = list(request);
    store.list(Objects.key(request.type(), "", "").type(), request.namespace()).stream()
        .filter(selection(request))
        .toList()
        .forEach(object -> objects.delete(storedType(request), object, options));
    return list;
  }

  private static ObjectNode deleteOptions(ApiRequest request) {
    ObjectNode options =
        request.body().isBlank() ? JsonNodeFactory.instance.objectNode() : json(request.body());
    String grace = request.query().get("gracePeriodSeconds");
    if (grace != null) {
      options.put("gracePeriodSeconds", Long.parseLong(grace));
    }
    return options;
  }

  /** {@code pods/<name>/binding} and {@code bindings}: puts a pod on a node. */
  private Answer bind(ApiRequest request) {
    if (!request.method().equals("POST")) {
      throw ApiError.methodNotAllowed();
    }
    ObjectNode binding = json(request.body());
    String name =
        request.name() == null ? binding.path("metadata").path("name").asText() : request.name();
    ObjectNode pod = objects.get(ResourceTypes.POD, request.namespace(), name);
    if (!pod.path("spec").path("nodeName").asText("").isEmpty()) {
      throw ApiError.conflict(
          ResourceTypes.POD,
          name,
          "pod " + name + " is already assigned to node " + pod.path("spec").path("nodeName"));
    }
    ObjectNode bound = pod.deepCopy();
    ((ObjectNode) bound.get("spec")).set("nodeName", binding.path("target").path("name"));
    objects.update(ResourceTypes.POD, pod, bound, "");
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.put("kind", "Status").put("apiVersion", "v1").put("status", "Success").put("code", 201);
    return new Answer(201, status);
  }

  private Answer scale(ApiRequest request) {
    ObjectNode object = current(request);
    ResourceType.Scale paths = request.type().scale();
    if (request.method().equals("GET")) {
      return new Answer(200, scaleOf(object, paths));
    }
    ObjectNode wanted =
        switch (request.method()) {
          case "PUT" -> json(request.body());
          case "PATCH" ->
              Patches.patch(scaleOf(object, paths), request.contentType(), request.body());
          default -> throw ApiError.methodNotAllowed();
        };
    ObjectNode scaled = object.deepCopy();
    JsonPaths.write(scaled, paths.specReplicas(), wanted.path("spec").path("replicas"));
    JsonNode version = wanted.path("metadata").path("resourceVersion");
    if (!version.isMissingNode()) {
      ((ObjectNode) scaled.get("metadata")).set("resourceVersion", version);
    }
    return new Answer(200, scaleOf(objects.update(request.type(), object, scaled, ""), paths));
  }

  private static ObjectNode scaleOf(ObjectNode object, ResourceType.Scale paths) {
    ObjectNode scale = JsonNodeFactory.instance.objectNode();
    scale.put("kind", "Scale").put("apiVersion", "autoscaling/v1");
    ObjectNode metadata = scale.putObject("metadata");
    for (String field :
        List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
      metadata.set(field, object.path("metadata").get(field));
    }
    scale.putObject("spec").put("replicas", JsonPaths.read(object, paths.specReplicas()).asInt());
    ObjectNode status = scale.putObject("status");
    status.put("replicas", JsonPaths.read(object, paths.statusReplicas()).asInt());
    if (paths.selector() != null) {
      status.put("selector", JsonPaths.read(object, paths.selector()).asText(""));
    }
    return scale;
  }

  private static ObjectNode json(String body) {
    try {
      JsonNode object = MAPPER.readTree(body);
      if (object == null || !object.isObject()) {
        throw ApiError.badRequest("the body of the request is no JSON object");
      }
      return (ObjectNode) object;
    } catch (JsonProcessingException e) {
      throw ApiError.badRequest("cannot read the body: " + e.getOriginalMessage());
    }
  }
}

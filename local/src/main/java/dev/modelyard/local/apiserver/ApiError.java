package dev.modelyard.local.apiserver;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** A request that is answered with a Kubernetes Status of failure. */
final class ApiError extends RuntimeException {
  private final int code;
  private final String reason;

  private final ResourceType type;
  private final String name;

  private ApiError(int code, String reason, String message) {
    this(code, reason, message, null, null);
  }

  private ApiError(int code, String reason, String message, ResourceType type, String name) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.type = type;
    this.name = name;
  }

  static ApiError badRequest(String message) {
    return new ApiError(400, "BadRequest", message);
  }

  static ApiError notFound(ResourceType type, String name) {
    return new ApiError(
        404, "NotFound", type.qualifiedName() + " \"" + name + "\" not found", type, name);
  }

  static ApiError noSuchPath() {
    return new ApiError(404, "NotFound", "the server could not find the requested resource");
  }

  static ApiError methodNotAllowed() {
    return new ApiError(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
  }

  static ApiError alreadyExists(ResourceType type, String name) {
    return new ApiError(
        409,
        "AlreadyExists",
        type.qualifiedName() + " \"" + name + "\" already exists",
        type,
        name);
  }

  static ApiError conflict(ResourceType type, String name, String why) {
    return new ApiError(
        409,
        "Conflict",
        "Operation cannot be fulfilled on " + type.qualifiedName() + " \"" + name + "\": " + why);
  }

  static ApiError expired(long version) {
    return new ApiError(410, "Expired", "too old resource version: " + version);
  }

  static ApiError tooLarge(int limit) {
    return new ApiError(
        413, "RequestEntityTooLarge", "Request entity too large: limit is " + limit);
  }

  static ApiError unsupportedMediaType(String type) {
    return new ApiError(
        415, "UnsupportedMediaType", "the body of the request was in an unknown format: " + type);
  }

  static ApiError invalid(ResourceType type, String name, List<String> problems) {
    return new ApiError(
        422,
        "Invalid",
        type.kind()
            + (type.group().isEmpty() ? "" : "." + type.group())
            + " \""
            + name
            + "\" is invalid: "
            + (problems.size() == 1 ? problems.get(0) : "[" + String.join(", ", problems) + "]"),
        type,
        name);
  }

  int code() {
    return code;
  }

  ObjectNode body() {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.put("kind", "Status").put("apiVersion", "v1");
    status.putObject("metadata");
    status.put("status", "Failure").put("message", getMessage()).put("reason", reason);
    status.put("code", code);
    if (type != null) {
      status
          .putObject("details")
          .put("name", name)
          .put("group", type.group())
          .put("kind", reason.equals("Invalid") ? type.kind() : type.plural());
    }
    return status;
  }
}

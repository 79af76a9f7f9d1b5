package dev.modelyard.local.apiserver;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A request to a resource, taken apart.
 *
 * @param namespace null outside a namespace
 * @param name null for a collection
 * @param subresource empty for the object itself
 * @param query decoded query parameters
 */
record ApiRequest(
    ResourceType type,
    String method,
    String namespace,
    String name,
    String subresource,
    Map<String, String> query,
    String contentType,
    boolean table,
    String body) {

  /** The part of the path after the version, as type, namespace, name and subresource. */
  record Target(ResourceType type, String namespace, String name, String subresource) {}

  /**
   * @param path such as {@code /apis/modelyard.dev/v1alpha1/namespaces/default/modeldeployments/a}
   * @throws ApiError 404 for a path that leads to no resource
   */
  static Target target(ResourceTypes types, String path) {
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/")) {
      if (!part.isEmpty()) {
        parts.add(URLDecoder.decode(part, StandardCharsets.UTF_8));
      }
    }
    boolean core = !parts.isEmpty() && parts.get(0).equals("api");
    int rest = core ? 2 : 3;
    if (parts.size() <= rest || !(core || parts.get(0).equals("apis"))) {
      throw ApiError.noSuchPath();
    }
    String group = core ? "" : parts.get(1);
    String version = parts.get(rest - 1);
    List<String> tail = parts.subList(rest, parts.size());
    boolean inNamespace =
        tail.get(0).equals("namespaces")
            && tail.size() > 2
            && !(tail.size() == 3 && tail.get(2).equals("status"));
    String namespace = inNamespace ? tail.get(1) : null;
    List<String> resource = inNamespace ? tail.subList(2, tail.size()) : tail;
    if (resource.size() > 3) {
      throw ApiError.noSuchPath();
    }
    ResourceType type =
        core && resource.get(0).equals("bindings")
            ? ResourceTypes.POD
            : types.find(group, version, resource.get(0)).orElseThrow(ApiError::noSuchPath);
    if (resource.get(0).equals("bindings")) {
      return new Target(type, namespace, null, "binding");
    }
    return new Target(
        type,
        namespace,
        resource.size() > 1 ? resource.get(1) : null,
        resource.size() > 2 ? resource.get(2) : "");
  }
}

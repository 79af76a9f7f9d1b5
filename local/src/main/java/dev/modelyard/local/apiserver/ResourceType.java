package dev.modelyard.local.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * One kind of object.
 *
 * @param group empty for the core group
 * @param status whether the status is a subresource
 * @param generation whether a change of the spec counts up metadata.generation
 * @param scale null when there is no scale subresource
 * @param schema OpenAPI schema of a custom resource, null for a built-in
 */
record ResourceType(
    String group,
    String version,
    String plural,
    String kind,
    List<String> shortNames,
    List<String> categories,
    boolean namespaced,
    boolean status,
    boolean generation,
    Scale scale,
    List<Column> columns,
    JsonNode schema) {

  /** Paths such as {@code .spec.replicas}; the selector's may be null. */
  record Scale(String specReplicas, String statusReplicas, String selector) {}

  /** A column of a table; columns of priority 0 are always shown. */
  record Column(String name, String type, String path, int priority) {}

  static ResourceType builtIn(
      String group,
      String version,
      String plural,
      String kind,
      boolean namespaced,
      String... shortNames) {
    return new ResourceType(
        group,
        version,
        plural,
        kind,
        List.of(shortNames),
        List.of(),
        namespaced,
        false,
        false,
        null,
        List.of(new Column("Age", "date", ".metadata.creationTimestamp", 0)),
        null);
  }

  ResourceType withStatus(boolean countsGenerations) {
    return with(categories, true, countsGenerations, scale, columns);
  }

  ResourceType withScale(Scale paths) {
    return with(categories, status, generation, paths, columns);
  }

  ResourceType inAll() {
    return with(List.of("all"), status, generation, scale, columns);
  }

  ResourceType withColumns(Column... before) {
    var all = new ArrayList<>(List.of(before));
    all.addAll(columns);
    return with(categories, status, generation, scale, List.copyOf(all));
  }

  private ResourceType with(
      List<String> categories,
      boolean status,
      boolean generation,
      Scale scale,
      List<Column> columns) {
    return new ResourceType(
        group,
        version,
        plural,
        kind,
        shortNames,
        categories,
        namespaced,
        status,
        generation,
        scale,
        columns,
        schema);
  }

  String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** {@code modeldeployments.modelyard.dev}: the same for all versions. */
  String qualifiedName() {
    return group.isEmpty() ? plural : plural + "." + group;
  }
}

package dev.modelyard.local.apiserver;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The answers to "what is there": groups, versions and resources. */
final class Discovery {
  private static final List<String> VERBS =
      List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");
  private static final List<String> SUBRESOURCE_VERBS = List.of("get", "patch", "update");

  private final ResourceTypes types;

  Discovery(ResourceTypes types) {
    this.types = types;
  }

  /** {@code /version}. The platform says whose server this is. */
  static ObjectNode version() {
    ObjectNode version = JsonNodeFactory.instance.objectNode();
    version.put("major", "1").put("minor", "36").put("gitVersion", "v1.36.0+modelyard-embedded");
    version.put("gitCommit", "").put("gitTreeState", "clean").put("buildDate", "");
    version.put("goVersion", "").put("compiler", "").put("platform", "modelyard/embedded");
    return version;
  }

  /** {@code /api}. */
  static ObjectNode coreVersions() {
    ObjectNode versions = JsonNodeFactory.instance.objectNode();
    versions.put("kind", "APIVersions").put("apiVersion", "v1");
    versions.putArray("versions").add("v1");
    versions.putArray("serverAddressByClientCIDRs");
    return versions;
  }

  /** {@code /apis}. */
  ObjectNode groups() {
    Map<String, Set<String>> versionsByGroup = new LinkedHashMap<>();
    for (ResourceType type : types.all()) {
      if (!type.group().isEmpty()) {
        versionsByGroup
            .computeIfAbsent(type.group(), group -> new LinkedHashSet<>())
            .add(type.version());
      }
    }
    ObjectNode list = JsonNodeFactory.instance.objectNode();
    list.put("kind", "APIGroupList").put("apiVersion", "v1");
    ArrayNode groups = list.putArray("groups");
    versionsByGroup.forEach((group, versions) -> groups.add(group(group, versions)));
    return list;
  }

  private static ObjectNode group(String name, Set<String> versions) {
    ObjectNode group = JsonNodeFactory.instance.objectNode();
    group.put("name", name);
    ArrayNode list = group.putArray("versions");
    for (String version : versions) {
      list.addObject().put("groupVersion", name + "/" + version).put("version", version);
    }
    group.set("preferredVersion", list.get(0));
    return group;
  }

  /** {@code /api/v1} or {@code /apis/<group>/<version>}. */
  ObjectNode resources(String group, String version) {
    ObjectNode list = JsonNodeFactory.instance.objectNode();
    list.put("kind", "APIResourceList").put("apiVersion", "v1");
    list.put("groupVersion", group.isEmpty() ? version : group + "/" + version);
    ArrayNode resources = list.putArray("resources");
    for (ResourceType type : types.all()) {
      if (type.group().equals(group) && type.version().equals(version)) {
        describe(resources, type);
      }
    }
    if (resources.isEmpty()) {
      throw ApiError.noSuchPath();
    }
    return list;
  }

  private static void describe(ArrayNode resources, ResourceType type) {
    ObjectNode resource = resource(resources, type, type.plural(), type.kind(), VERBS);
    resource.put("singularName", type.kind().toLowerCase(java.util.Locale.ROOT));
    if (!type.shortNames().isEmpty()) {
      type.shortNames().forEach(resource.putArray("shortNames")::add);
    }
    if (!type.categories().isEmpty()) {
      type.categories().forEach(resource.putArray("categories")::add);
    }
    if (type.status()) {
      resource(resources, type, type.plural() + "/status", type.kind(), SUBRESOURCE_VERBS);
    }
    if (type.scale() != null) {
      resource(resources, type, type.plural() + "/scale", "Scale", SUBRESOURCE_VERBS)
          .put("group", "autoscaling")
          .put("version", "v1");
    }
  }

  private static ObjectNode resource(
      ArrayNode resources, ResourceType type, String name, String kind, List<String> verbs) {
    ObjectNode resource = resources.addObject();
    resource.put("name", name).put("singularName", "").put("namespaced", type.namespaced());
    resource.put("kind", kind);
    verbs.forEach(resource.putArray("verbs")::add);
    return resource;
  }
}

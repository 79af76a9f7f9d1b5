package dev.modelyard.local.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import dev.modelyard.local.apiserver.ResourceType.Column;
import dev.modelyard.local.apiserver.ResourceType.Scale;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The kinds of objects that the server knows: the built-in ones, and one for each CRD. */
final class ResourceTypes {
  static final ResourceType NAMESPACE =
      ResourceType.builtIn("", "v1", "namespaces", "Namespace", false, "ns").withStatus(false);
  static final ResourceType POD =
      ResourceType.builtIn("", "v1", "pods", "Pod", true, "po")
          .withStatus(false)
          .inAll()
          .withColumns(
              new Column("Status", "string", ".status.phase", 0),
              new Column("Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status", 0),
              new Column("Restarts", "integer", ".status.containerStatuses[0].restartCount", 0),
              new Column("IP", "string", ".status.podIP", 1));
  static final ResourceType EVENT =
      ResourceType.builtIn("", "v1", "events", "Event", true, "ev")
          .withColumns(
              new Column("Type", "string", ".type", 0),
              new Column("Reason", "string", ".reason", 0),
              new Column("Object", "string", ".involvedObject.name", 0),
              new Column("Message", "string", ".message", 0));
  static final ResourceType NEW_EVENT =
      ResourceType.builtIn("events.k8s.io", "v1", "events", "Event", true, "ev");
  static final ResourceType DEFINITION =
      ResourceType.builtIn(
              "apiextensions.k8s.io",
              "v1",
              "customresourcedefinitions",
              "CustomResourceDefinition",
              false,
              "crd",
              "crds")
          .withStatus(true);

  private final Map<String, ResourceType> byPath = new LinkedHashMap<>();

  ResourceTypes() {
    add(NAMESPACE);
    add(POD);
    add(EVENT);
    add(NEW_EVENT);
    add(DEFINITION);
    add(
        ResourceType.builtIn("", "v1", "services", "Service", true, "svc")
            .withStatus(false)
            .inAll()
            .withColumns(
                new Column("Port", "integer", ".spec.ports[0].port", 0),
                new Column("Revision", "string", ".spec.selector['modelyard.dev/revision']", 0)));
    add(
        ResourceType.builtIn("apps", "v1", "deployments", "Deployment", true, "deploy")
            .withStatus(true)
            .inAll()
            .withScale(new Scale(".spec.replicas", ".status.replicas", null))
            .withColumns(
                new Column("Wanted", "integer", ".spec.replicas", 0),
                new Column("Ready", "integer", ".status.readyReplicas", 0),
                new Column("Available", "integer", ".status.availableReplicas", 0)));
    add(ResourceType.builtIn("", "v1", "configmaps", "ConfigMap", true, "cm"));
    add(ResourceType.builtIn("", "v1", "secrets", "Secret", true));
    add(ResourceType.builtIn("", "v1", "serviceaccounts", "ServiceAccount", true, "sa"));
    add(ResourceType.builtIn("", "v1", "nodes", "Node", false, "no").withStatus(false));
    add(
        ResourceType.builtIn(
                "", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true, "pvc")
            .withStatus(false));
    add(
        ResourceType.builtIn("apps", "v1", "replicasets", "ReplicaSet", true, "rs")
            .withStatus(true));
    add(
        ResourceType.builtIn(
                "policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", true, "pdb")
            .withStatus(true));
    add(ResourceType.builtIn("coordination.k8s.io", "v1", "leases", "Lease", true));
    add(ResourceType.builtIn("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", true));
    add(
        ResourceType.builtIn(
                "autoscaling",
                "v2",
                "horizontalpodautoscalers",
                "HorizontalPodAutoscaler",
                true,
                "hpa")
            .withStatus(true)
            .inAll());
  }

  private void add(ResourceType type) {
    byPath.put(type.apiVersion() + "/" + type.plural(), type);
  }

  Optional<ResourceType> find(String group, String version, String plural) {
    return Optional.ofNullable(
        byPath.get((group.isEmpty() ? version : group + "/" + version) + "/" + plural));
  }

  Collection<ResourceType> all() {
    return byPath.values();
  }

  /** Takes the served versions of a CustomResourceDefinition; an older form of it goes. */
  void define(JsonNode definition) {
    forget(definition);
    JsonNode spec = definition.path("spec");
    JsonNode names = spec.path("names");
    for (JsonNode version : spec.path("versions")) {
      if (!version.path("served").asBoolean()) {
        continue;
      }
      JsonNode scale = version.path("subresources").path("scale");
      add(
          new ResourceType(
              spec.path("group").asText(),
              version.path("name").asText(),
              names.path("plural").asText(),
              names.path("kind").asText(),
              texts(names.path("shortNames")),
              texts(names.path("categories")),
              "Namespaced".equals(spec.path("scope").asText()),
              version.path("subresources").has("status"),
              true,
              scale.isMissingNode()
                  ? null
                  : new Scale(
                      scale.path("specReplicasPath").asText(),
                      scale.path("statusReplicasPath").asText(),
                      scale.path("labelSelectorPath").asText(null)),
              columns(version.path("additionalPrinterColumns")),
              version.path("schema").path("openAPIV3Schema")));
    }
  }

  void forget(JsonNode definition) {
    JsonNode spec = definition.path("spec");
    byPath
        .values()
        .removeIf(
            type ->
                type.schema() != null
                    && type.group().equals(spec.path("group").asText())
                    && type.plural().equals(spec.path("names").path("plural").asText()));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return List.copyOf(texts);
  }

  private static List<Column> columns(JsonNode array) {
    List<Column> columns = new ArrayList<>();
    for (JsonNode column : array) {
      columns.add(
          new Column(
              column.path("name").asText(),
              column.path("type").asText(),
              column.path("jsonPath").asText(),
              column.path("priority").asInt()));
    }
    return columns.isEmpty()
        ? List.of(new Column("Age", "date", ".metadata.creationTimestamp", 0))
        : List.copyOf(columns);
  }
}

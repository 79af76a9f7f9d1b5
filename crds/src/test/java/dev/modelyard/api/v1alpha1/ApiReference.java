package dev.modelyard.api.v1alpha1;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes the API reference page from the CRD's schema. */
final class ApiReference {
  /**
   * Kubernetes' own types: described in Kubernetes' reference; fabric8 has no words for their
   * fields.
   */
  static final Set<String> FOREIGN =
      Set.of(
          "affinity",
          "tolerations",
          "topologySpreadConstraints",
          "env",
          "imagePullSecrets",
          "conditions");

  private ApiReference() {}

  static String page(CustomResourceDefinition crd) {
    JSONSchemaProps root = crd.getSpec().getVersions().get(0).getSchema().getOpenAPIV3Schema();
    StringBuilder page = new StringBuilder();
    page.append("# API reference: ModelDeployment\n\n")
        .append(
            "<!-- Generated from the types in crds/src/main/java: see CONTRIBUTING.md to regenerate. -->\n\n")
        .append(
            "`apiVersion: modelyard.dev/v1alpha1`, `kind: ModelDeployment`, short name `mdep`. ")
        .append(root.getDescription())
        .append("\n\nThe same text is in the cluster: `kubectl explain mdep.spec --recursive`.\n");
    rules(page, "metadata", root);
    section(page, "spec", root.getProperties().get("spec"));
    section(page, "status", root.getProperties().get("status"));
    return page.toString();
  }

  private static void section(StringBuilder page, String path, JSONSchemaProps schema) {
    page.append("\n## ").append(path).append("\n\n").append(schema.getDescription()).append("\n\n");
    page.append("| field | type | what it is |\n|---|---|---|\n");
    List<Map.Entry<String, JSONSchemaProps>> nested = new ArrayList<>();
    List<String> required = schema.getRequired() == null ? List.of() : schema.getRequired();
    schema
        .getProperties()
        .forEach(
            (name, field) -> {
              page.append("| `").append(name).append("`");
              page.append(required.contains(name) ? " (required)" : "");
              page.append(" | ").append(type(name, field)).append(" | ");
              page.append(field.getDescription() == null ? "" : field.getDescription());
              page.append(limits(field)).append(" |\n");
              if (field.getProperties() != null
                  && !field.getProperties().isEmpty()
                  && !FOREIGN.contains(name)) {
                nested.add(Map.entry(path + "." + name, field));
              }
            });
    rules(page, path, schema);
    nested.forEach(entry -> section(page, entry.getKey(), entry.getValue()));
  }

  private static void rules(StringBuilder page, String path, JSONSchemaProps schema) {
    if (schema.getXKubernetesValidations() == null
        || schema.getXKubernetesValidations().isEmpty()) {
      return;
    }
    page.append("\nRules on `").append(path).append("`:\n\n");
    for (ValidationRule rule : schema.getXKubernetesValidations()) {
      page.append("- ").append(rule.getMessage()).append("\n");
    }
  }

  private static String type(String name, JSONSchemaProps field) {
    if (Boolean.TRUE.equals(field.getXKubernetesIntOrString())) {
      return "quantity";
    }
    if (field.getEnum() != null && !field.getEnum().isEmpty()) {
      return String.join(", ", field.getEnum().stream().map(v -> "`" + v.asText() + "`").toList());
    }
    if ("array".equals(field.getType())) {
      return "list of " + type(name, field.getItems().getSchema());
    }
    if (field.getAdditionalProperties() != null) {
      return "map";
    }
    return field.getType();
  }

  private static String limits(JSONSchemaProps field) {
    StringBuilder limits = new StringBuilder();
    if (field.getMinimum() != null && field.getMaximum() != null) {
      limits.append(" From ").append(field.getMinimum().longValue());
      limits.append(" to ").append(field.getMaximum().longValue()).append(".");
    }
    if (field.getXKubernetesValidations() != null) {
      field
          .getXKubernetesValidations()
          .forEach(rule -> limits.append("<br>Rule: ").append(rule.getMessage()));
    }
    return limits.toString();
  }
}

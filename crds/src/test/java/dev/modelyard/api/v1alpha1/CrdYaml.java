package dev.modelyard.api.v1alpha1;

import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Generates the CRD from the API types, and adds what fabric8's annotations cannot say. */
final class CrdYaml {
  private static final List<String> COLUMNS =
      List.of("Model", "Phase", "Ready", "Revision", "GPU", "Age", "URL", "Message");

  /** Fields of Kubernetes' own types that are 64 bits wide. */
  private static final Set<String> LONGS = Set.of("tolerationSeconds");

  /** Kubernetes' quantities, without sign; an exponent of three digits is no amount of anything. */
  private static final String QUANTITY =
      "^([0-9]+([.][0-9]*)?|[.][0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]{1,2})?$";

  private CrdYaml() {}

  static String text(CustomResourceDefinition crd) {
    return "# Generated from the types in crds/src/main/java: see CONTRIBUTING.md to regenerate.\n"
        + Serialization.asYaml(crd);
  }

  static CustomResourceDefinition generate() throws IOException {
    Path dir = Files.createTempDirectory("crd");
    try {
      new CRDGenerator()
          .customResourceClasses(ModelDeployment.class)
          .inOutputDir(dir.toFile())
          .generate();
      Path file = dir.resolve("modeldeployments.modelyard.dev-v1.yml");
      CustomResourceDefinition crd =
          Serialization.unmarshal(Files.readString(file), CustomResourceDefinition.class);
      crd.getSpec().getVersions().forEach(CrdYaml::complete);
      return crd;
    } finally {
      try (Stream<Path> files = Files.walk(dir)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void complete(CustomResourceDefinitionVersion version) {
    version
        .getAdditionalPrinterColumns()
        .sort(
            Comparator.comparingInt(
                (CustomResourceColumnDefinition column) -> COLUMNS.indexOf(column.getName())));
    JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
    dropDuplicateRules(root);
    admitOnlyWhatTheTypesHold(root.getProperties().get("spec"));
    root.setDescription(
        "A model that is served: which model, on what hardware, how many replicas, and what has become"
            + " of it.");
    root.setRequired(List.of("spec"));
    root.setXKubernetesValidations(
        List.of(
            rule(
                "self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
                "metadata.name must start with a letter and hold only lower-case letters, digits and"
                    + " '-': it names the model's Service")));
    root.getProperties().get("spec").setDescription("What the user wants.");
    JSONSchemaProps status = root.getProperties().get("status");
    status.setDescription("What the operator saw, from live pods.");
    JSONSchemaProps conditions = status.getProperties().get("conditions");
    conditions.setXKubernetesListType("map");
    conditions.setXKubernetesListMapKeys(List.of("type"));
    conditions.getItems().getSchema().setRequired(List.of("type", "status"));
  }

  private static ValidationRule rule(String rule, String message) {
    ValidationRule validation = new ValidationRule();
    validation.setRule(rule);
    validation.setMessage(message);
    return validation;
  }

  /**
   * A record component's annotations stand on its field and on its accessor; the generator collects
   * both.
   */
  private static void dropDuplicateRules(JSONSchemaProps schema) {
    if (schema.getXKubernetesValidations() != null) {
      schema.setXKubernetesValidations(
          new ArrayList<>(new LinkedHashSet<>(schema.getXKubernetesValidations())));
    }
    if (schema.getProperties() != null) {
      schema.getProperties().values().forEach(CrdYaml::dropDuplicateRules);
    }
    if (schema.getItems() != null && schema.getItems().getSchema() != null) {
      dropDuplicateRules(schema.getItems().getSchema());
    }
  }

  /**
   * A value that the API server admits and the Java types cannot hold ends the operator's watch,
   * for every resource of the cluster.
   */
  private static void admitOnlyWhatTheTypesHold(JSONSchemaProps schema) {
    if (Boolean.TRUE.equals(schema.getXKubernetesIntOrString())) {
      schema.setPattern(QUANTITY);
      schema.setMaxLength(64L);
    }
    if (schema.getProperties() != null) {
      schema
          .getProperties()
          .forEach(
              (name, property) -> {
                if ("integer".equals(property.getType())) {
                  property.setFormat(LONGS.contains(name) ? "int64" : "int32");
                }
                admitOnlyWhatTheTypesHold(property);
              });
    }
    if (schema.getItems() != null && schema.getItems().getSchema() != null) {
      admitOnlyWhatTheTypesHold(schema.getItems().getSchema());
    }
    if (schema.getAdditionalProperties() != null
        && schema.getAdditionalProperties().getSchema() != null) {
      admitOnlyWhatTheTypesHold(schema.getAdditionalProperties().getSchema());
    }
  }
}

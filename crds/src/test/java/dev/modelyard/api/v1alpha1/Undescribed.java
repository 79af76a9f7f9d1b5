package dev.modelyard.api.v1alpha1;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.ArrayList;
import java.util.List;

/** Finds fields of the schema that {@code kubectl explain} would show without a word. */
final class Undescribed {
  private Undescribed() {}

  static List<String> fields(CustomResourceDefinition crd) {
    List<String> found = new ArrayList<>();
    collect("", crd.getSpec().getVersions().get(0).getSchema().getOpenAPIV3Schema(), found);
    return found;
  }

  private static void collect(String path, JSONSchemaProps schema, List<String> found) {
    if (schema.getDescription() == null || schema.getDescription().isBlank()) {
      found.add(path);
    }
    if (schema.getProperties() == null
        || ApiReference.FOREIGN.contains(path.substring(path.lastIndexOf('.') + 1))) {
      return;
    }
    schema.getProperties().forEach((name, field) -> collect(path + "." + name, field, found));
  }
}

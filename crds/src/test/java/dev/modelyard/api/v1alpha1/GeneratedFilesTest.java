package dev.modelyard.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Holds the committed CRD, its copy in the chart and the API reference in step with the types. With
 * {@code -Dmodelyard.regenerate=true} it writes them instead.
 */
class GeneratedFilesTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Path CRD = ROOT.resolve("crds/modeldeployments.modelyard.dev-v1.yml");
  private static final Path CHART_CRD =
      ROOT.resolve("helm/modelyard/crds/modeldeployments.modelyard.dev-v1.yml");
  private static final Path REFERENCE = ROOT.resolve("docs/api-reference.md");

  private final CustomResourceDefinition crd = CrdYaml.generate();

  GeneratedFilesTest() throws IOException {}

  @Test
  void crdIsInStepWithTheTypes() throws IOException {
    assertInStep(CRD, CrdYaml.text(crd));
    assertInStep(CHART_CRD, CrdYaml.text(crd));
  }

  @Test
  void apiReferenceIsInStepWithTheTypes() throws IOException {
    assertInStep(REFERENCE, ApiReference.page(crd));
  }

  /** kubectl apply keeps a copy in an annotation, and refuses more than 256 KB. */
  @Test
  void crdStaysSmall() {
    assertThat(CrdYaml.text(crd).length()).isLessThan(100_000);
  }

  @Test
  void everyFieldOfOurOwnIsDescribed() {
    assertThat(Undescribed.fields(crd)).isEmpty();
  }

  /** What the API server admits and Jackson refuses would end the operator's watch of them all. */
  @Test
  void everyNumberOfTheSpecIsOneThatTheTypesHold() {
    Map<String, JSONSchemaProps> leaves = new TreeMap<>();
    JSONSchemaProps root = crd.getSpec().getVersions().get(0).getSchema().getOpenAPIV3Schema();
    collect("spec", root.getProperties().get("spec"), leaves);

    assertThat(leaves)
        .containsKeys(
            "spec.replicas",
            "spec.resources.limits.*",
            "spec.runtime.env.*.valueFrom.resourceFieldRef.divisor",
            "spec.placement.topologySpreadConstraints.*.maxSkew");
    leaves.forEach(
        (path, leaf) -> {
          if (Boolean.TRUE.equals(leaf.getXKubernetesIntOrString())) {
            assertThat(leaf.getPattern()).as(path).isNotNull();
            assertThat("1.5Gi").matches(leaf.getPattern());
            assertThat(List.of("", "Gi", "abc", "-1", "1e400000000", "1 Gi"))
                .noneMatch(text -> text.matches(leaf.getPattern()));
          } else {
            assertThat(leaf.getFormat()).as(path).isIn("int32", "int64");
          }
        });
  }

  private static void collect(
      String path, JSONSchemaProps schema, Map<String, JSONSchemaProps> leaves) {
    if ("integer".equals(schema.getType())
        || Boolean.TRUE.equals(schema.getXKubernetesIntOrString())) {
      leaves.put(path, schema);
    }
    if (schema.getProperties() != null) {
      schema.getProperties().forEach((name, child) -> collect(path + "." + name, child, leaves));
    }
    if (schema.getItems() != null) {
      collect(path + ".*", schema.getItems().getSchema(), leaves);
    }
    if (schema.getAdditionalProperties() != null) {
      collect(path + ".*", schema.getAdditionalProperties().getSchema(), leaves);
    }
  }

  private static void assertInStep(Path file, String expected) throws IOException {
    if (Boolean.getBoolean("modelyard.regenerate")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, expected);
    }
    assertThat(file)
        .withFailMessage(
            "%s is not what the types generate: run mvn -pl crds test -Dmodelyard.regenerate=true",
            ROOT.relativize(file))
        .exists()
        .hasContent(expected);
  }
}

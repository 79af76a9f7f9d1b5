package dev.modelyard.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

package dev.modelyard.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.testing.Defaults;
import dev.modelyard.operator.testing.Golden;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code golden/<case>/in.yaml} is a ModelDeployment, the other files are what is made of it. */
class DesiredGoldenTest {
  static List<Path> cases() throws IOException {
    return Golden.cases("golden");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void makesWhatTheFilesSay(Path folder) throws IOException {
    ModelDeployment resource = Golden.input(folder, ModelDeployment.class);
    String before = Golden.YAML.writeValueAsString(resource);
    Revision revision = Revision.of(resource.getSpec());

    Golden.check(
        folder,
        Map.of(
            "deployment.yaml", deployment(resource, revision),
            "service.yaml", RuntimeService.desired(resource, revision.id()),
            "pdb.yaml", RuntimeDisruptionBudget.desired(resource, revision.id())));
    assertThat(Golden.YAML.writeValueAsString(resource))
        .as("the resource comes from a cache that others read")
        .isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void emitsNothingThatTheApiServerDrops(Path folder) throws IOException {
    ModelDeployment resource = Golden.input(folder, ModelDeployment.class);
    JsonNode tree = Golden.YAML.valueToTree(deployment(resource, Revision.of(resource.getSpec())));
    assertNothingEmpty("", tree);
    assertThat(tree.findValues("initialDelaySeconds")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theAnnotationGivesTheRevisionBack(Path folder) throws IOException {
    ModelDeployment resource = Golden.input(folder, ModelDeployment.class);
    Revision revision = Revision.of(resource.getSpec());
    Deployment deployment = deployment(resource, revision);
    Revision again =
        Revision.ofTemplateJson(deployment.getMetadata().getAnnotations().get(Labels.TEMPLATE));
    assertThat(again.id()).isEqualTo(revision.id());
    assertThat(deployment(resource, again)).isEqualTo(deployment);
  }

  private static Deployment deployment(ModelDeployment resource, Revision revision) {
    Integer replicas = resource.getSpec().replicas();
    return RuntimeDeployment.desired(
        resource, revision, replicas == null ? 1 : replicas, Defaults.with());
  }

  /** An empty selector of the user's own affinity says something: it selects everything. */
  private static void assertNothingEmpty(String path, JsonNode node) {
    boolean empty =
        node.isNull()
            || node.isContainerNode() && node.isEmpty()
            || node.isTextual() && node.textValue().isEmpty();
    assertThat(empty && !path.contains(".affinity.")).as("%s is empty: %s", path, node).isFalse();
    node.properties()
        .forEach(field -> assertNothingEmpty(path + "." + field.getKey(), field.getValue()));
    if (node.isArray()) {
      node.forEach(element -> assertNothingEmpty(path + "[]", element));
    }
  }
}

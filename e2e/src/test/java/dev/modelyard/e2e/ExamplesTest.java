package dev.modelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.e2e.support.ExampleVolume;
import dev.modelyard.e2e.support.OnCluster;
import dev.modelyard.e2e.support.Settings;
import dev.modelyard.e2e.support.Space;
import dev.modelyard.e2e.support.Streams;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The examples as they are, on the volumes that their guides make, with the figures they give. */
@OnCluster
class ExamplesTest {
  private static final Path EXAMPLES = Settings.ROOT.resolve("examples");

  @Test
  void digitsServesAndRollsAndAnswersAsItsGuideSays(Space space) throws JsonProcessingException {
    Pattern figures =
        Pattern.compile("\\| (\\d) \\| `(sha256:\\w+)` \\| (\\d), with probability ([\\d.]+) \\|");
    Matcher revision = figures.matcher(text("digits/README.md"));
    try (var volume = ExampleVolume.of(space, "digits", "1/model.onnx", "2/model.onnx")) {
      apply(space, "digits/modeldeployment-cpu.yaml");
      if (!hasGpus(space)) {
        apply(space, "digits/modeldeployment-gpu.yaml");
        assertThat(
                space
                    .awaitReason("digits-gpu", "Ready", "Unschedulable", Space.PATIENCE)
                    .getMessage())
            .contains("Insufficient nvidia.com/gpu");
      }
      while (revision.find()) {
        if (!revision.group(1).equals("1")) {
          space
              .modelDeployments()
              .inNamespace(space.name())
              .withName("digits")
              .patch(
                  PatchContext.of(PatchType.JSON_MERGE),
                  "{\"spec\":{\"model\":{\"uri\":\"pvc://digits-models/%s/model.onnx\",\"digest\":\"%s\"}}}"
                      .formatted(revision.group(1), revision.group(2)));
        }
        ModelDeployment digits = space.awaitLoaded("digits");
        assertThat(digits.getStatus().stable().model().digest()).isEqualTo(revision.group(2));
        JsonNode outputs = ask(space, "digits");
        assertThat(output(outputs, "label").toArray())
            .containsExactly(Double.parseDouble(revision.group(3)));
        // The guide rounds to four places.
        assertThat(output(outputs, "probabilities").max().orElseThrow())
            .isCloseTo(Double.parseDouble(revision.group(4)), within(0.00005 + 1e-6));
        if (revision.group(1).equals("2")) {
          return;
        }
      }
      throw new AssertionError("the guide has no figures of revision 2");
    }
  }

  @Test
  void regressionServesAndAnswersAsItsGuideSays(Space space) throws JsonProcessingException {
    Matcher figure =
        Pattern.compile("answer to `request.json` \\| ([\\d.]+) ")
            .matcher(text("regression/README.md"));
    assertThat(figure.find()).isTrue();
    try (var volume = ExampleVolume.of(space, "regression", "1/model.onnx")) {
      apply(space, "regression/modeldeployment.yaml");
      space.awaitServing("regression");
      assertThat(output(ask(space, "regression"), "prediction").max().orElseThrow())
          .isCloseTo(Double.parseDouble(figure.group(1)), within(0.005 + 1e-4));
    }
  }

  private static void apply(Space space, String file) {
    space
        .client()
        .resource(
            Serialization.unmarshal(Streams.open(EXAMPLES.resolve(file)), ModelDeployment.class))
        .inNamespace(space.name())
        .forceConflicts()
        .serverSideApply();
  }

  private static boolean hasGpus(Space space) {
    return space.client().nodes().list().getItems().stream()
        .anyMatch(node -> node.getStatus().getCapacity().containsKey("nvidia.com/gpu"));
  }

  private static JsonNode ask(Space space, String model) throws JsonProcessingException {
    String answer =
        space.post(model, "v2/models/%s/infer".formatted(model), text(model + "/request.json"));
    return new ObjectMapper().readTree(answer).path("outputs");
  }

  private static DoubleStream output(JsonNode outputs, String name) {
    for (JsonNode output : outputs) {
      if (output.path("name").asText().equals(name)) {
        return StreamSupport.stream(output.path("data").spliterator(), false)
            .mapToDouble(JsonNode::asDouble);
      }
    }
    throw new AssertionError("no output " + name + " in " + outputs);
  }

  private static String text(String file) {
    return new String(Streams.bytes(EXAMPLES.resolve(file)), StandardCharsets.UTF_8);
  }
}

package dev.modelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.e2e.support.ExampleVolume;
import dev.modelyard.e2e.support.OnCluster;
import dev.modelyard.e2e.support.Settings;
import dev.modelyard.e2e.support.Space;
import dev.modelyard.e2e.support.Streams;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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
      apply(space, "digits/modeldeployment-autoscaling.yaml");
      space.awaitServing("digits-autoscaling");
      assertThat(space.condition("digits-autoscaling", "AutoscalingActive").orElseThrow())
          .returns("True", Condition::getStatus);
      space.delete("digits-autoscaling", DeletionPropagation.BACKGROUND);
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

  /** As each is given, against the API server's rules; what scales by them is not here. */
  @Test
  void theOtherAutoscalersAreTakenByTheApiServer(Space space) {
    strictly(space, "digits/horizontalpodautoscaler.yaml");
    Optional<Path> keda = Settings.kedaCrds();
    assumeTrue(
        keda.isPresent(),
        "in part skipped: MODELYARD_KEDA_CRDS is not set, so keda-scaledobject.yaml is not applied");
    var crds = space.client().apiextensions().v1().customResourceDefinitions();
    var crd = crds.load(Streams.open(keda.get().resolve("keda.sh_scaledobjects.yaml"))).item();
    String name = crd.getMetadata().getName();
    assumeTrue(crds.withName(name).get() == null, "in part skipped: the cluster has KEDA already");
    crds.resource(crd).create();
    try {
      crds.withName(name).waitUntilCondition(ExamplesTest::isEstablished, 1, TimeUnit.MINUTES);
      strictly(space, "digits/keda-scaledobject.yaml");
    } finally {
      crds.withName(name).delete();
    }
  }

  /** A field that does not exist is refused, and what the example scales is a ModelDeployment. */
  private static void strictly(Space space, String file) {
    GenericKubernetesResource autoscaler =
        Serialization.unmarshal(
            Streams.open(EXAMPLES.resolve(file)), GenericKubernetesResource.class);
    HasMetadata taken =
        space
            .client()
            .resource(autoscaler)
            .inNamespace(space.name())
            .fieldValidation(FieldValidateable.Validation.STRICT)
            .create();
    assertThat(Serialization.asYaml(taken))
        .contains("kind: \"ModelDeployment\"", "apiVersion: \"modelyard.dev/v1alpha1\"");
    space.client().resource(taken).delete();
  }

  private static boolean isEstablished(CustomResourceDefinition crd) {
    return crd != null
        && crd.getStatus() != null
        && crd.getStatus().getConditions() != null
        && crd.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
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

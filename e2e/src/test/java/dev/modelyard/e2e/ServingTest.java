package dev.modelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.e2e.support.Load;
import dev.modelyard.e2e.support.Models;
import dev.modelyard.e2e.support.OnCluster;
import dev.modelyard.e2e.support.Operator;
import dev.modelyard.e2e.support.Settings;
import dev.modelyard.e2e.support.Space;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** The main job: one YAML, and a model answers. */
@OnCluster
@Order(1)
class ServingTest {
  /** Measured by examples/digits/train.py on the same images, by running the ONNX file. */
  private static final double ACCURACY = 0.975;

  @Test
  void aModelAnswersThroughItsServiceByName(Space space) throws IOException, InterruptedException {
    space.applyDigits("digits", 1);
    ModelDeployment digits = space.awaitLoaded("digits");

    var status = digits.getStatus();
    assertThat(status.url())
        .isEqualTo(
            "http://modelyard-gateway.%s.svc/%s/digits"
                .formatted(Operator.NAMESPACE, space.name()));
    assertThat(status.stable().model().digest()).isEqualTo(Models.digest("digits/1/model.onnx"));
    assertThat(status.stable().model().engine()).isEqualTo("OnnxRuntime");
    assertThat(status.stable().coldStart().download()).matches("\\d+(\\.\\d+)?s");
    assertThat(status.stable().coldStart().load()).matches("\\d+(\\.\\d+)?s");
    assertThat(status.stable().coldStart().warmUp()).matches("\\d+(\\.\\d+)?s");

    Load load = space.load("digits");
    org.awaitility.Awaitility.await()
        .atMost(Space.PATIENCE)
        .until(() -> load.report().requests() > 1_000);
    Load.Report report = load.stop();
    assertThat(report.failed()).as(report.failures()).isZero();

    assertThat(accuracy(space)).isEqualTo(ACCURACY);
    assertThat(logs(space)).doesNotContain("ERROR", "WARN", "Exception");
  }

  private static double accuracy(Space space) throws IOException {
    List<String> lines = Files.readAllLines(Settings.ROOT.resolve("examples/digits/holdout.csv"));
    List<String> rows = lines.subList(1, lines.size());
    String pixels =
        rows.stream()
            .map(row -> row.substring(row.indexOf(',') + 1))
            .collect(Collectors.joining(","));
    String answer =
        space.post(
            "digits",
            "v2/models/digits/infer",
            "{\"inputs\":[{\"name\":\"pixels\",\"shape\":[%d,64],\"datatype\":\"FP32\",\"data\":[%s]}]}"
                .formatted(rows.size(), pixels));
    JsonNode labels = null;
    for (JsonNode output : new ObjectMapper().readTree(answer).path("outputs")) {
      if (output.path("name").asText().equals("label")) {
        labels = output.path("data");
      }
    }
    assertThat(labels).hasSize(rows.size());
    int right = 0;
    for (int i = 0; i < rows.size(); i++) {
      String label = rows.get(i).substring(0, rows.get(i).indexOf(','));
      right += labels.get(i).asText().equals(label) ? 1 : 0;
    }
    return (double) right / rows.size();
  }

  private static String logs(Space space) {
    List<Pod> pods = space.pods("digits");
    assertThat(pods).hasSize(1);
    return space
        .client()
        .pods()
        .inNamespace(space.name())
        .withName(pods.get(0).getMetadata().getName())
        .getLog();
  }
}

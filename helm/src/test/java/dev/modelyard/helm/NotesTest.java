package dev.modelyard.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Helm prints after an installation. */
class NotesTest {
  @TempDir Path chart;

  /** Without a cluster, install takes a Kubernetes version of its own that the chart refuses. */
  @BeforeEach
  void copyTheChartForAnyKubernetes() throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(Chart.FOLDER)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Path copy = chart.resolve(Chart.FOLDER.relativize(file));
      Files.createDirectories(copy.getParent());
      Files.copy(file, copy);
    }
    Path description = chart.resolve("Chart.yaml");
    List<String> lines = Files.readAllLines(description);
    Files.write(
        description, lines.stream().filter(line -> !line.startsWith("kubeVersion:")).toList());
  }

  @Test
  void giveTheNextCommands() {
    assertThat(notes("default.yaml"))
        .contains(
            "watches every namespace",
            "kubectl -n modelyard-system rollout status deployment/modelyard\n",
            "kubectl -n modelyard-system rollout status deployment/modelyard-gateway\n",
            "kubectl apply -f - <<EOF\n",
            "namespace: default\n",
            "kubectl -n default get modeldeployments --watch\n",
            "http://modelyard-gateway.modelyard-system.svc/default/first-model/v2/models/first-model\n",
            "kubectl -n modelyard-system port-forward service/modelyard-gateway 8080:80\n",
            "helm show crds <chart> --version 0.1.0 | kubectl apply --server-side");
  }

  @Test
  void nameANamespaceThatIsWatched() {
    assertThat(notes("namespaces.yaml"))
        .contains(
            "watches vision, modelyard-system.",
            "namespace: vision\n",
            "kubectl -n vision get modeldeployments --watch\n");
  }

  @Test
  void sayNothingOfAGatewayThatIsNotThere() {
    assertThat(notes("single.yaml")).doesNotContain("ateway");
  }

  @Test
  void giveNoAddressThatCannotExist() {
    assertThat(notes("default.yaml"))
        .contains("uri: https://")
        .doesNotContainPattern("example\\.(org|com|net)|\\.(test|invalid)\\b");
  }

  private String notes(String values) {
    String output =
        new Helm(chart)
            .install()
            .withName("modelyard")
            .withNamespace(Chart.NAMESPACE)
            .withValuesFile(Chart.VALUES.resolve(values))
            .clientOnly()
            .dryRun()
            .debug()
            .call()
            .getOutput();
    return output.substring(output.indexOf("NOTES:"));
  }
}

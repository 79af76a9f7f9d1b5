package dev.modelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.modelyard.e2e.support.Cluster;
import dev.modelyard.e2e.support.Disruptive;
import dev.modelyard.e2e.support.Load;
import dev.modelyard.e2e.support.Operator;
import dev.modelyard.e2e.support.Settings;
import dev.modelyard.e2e.support.Space;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** From the chart, operator and gateway of the previous commit to those of this one. */
@Disruptive
@Order(900)
class UpgradeTest {
  private static final int MODELS = 20;

  /** JVMs that start side by side on a small machine only slow each other down. */
  private static final int AT_ONCE = 5;

  @Test
  void noServedModelRestartsAndEveryOneIsStillReconciled(Cluster cluster, Space space) {
    assumeThat(Settings.previousChart())
        .as("MODELYARD_PREVIOUS_CHART names no chart to upgrade from")
        .isPresent();
    Path previousChart = Settings.previousChart().orElseThrow();
    Operator operator = cluster.operator();
    operator.ensureInstalled(previousChart, previousValues(previousChart));
    List<String> models = IntStream.range(0, MODELS).mapToObj(i -> "digits-" + i).toList();
    for (int i = 0; i < MODELS; i += AT_ONCE) {
      List<String> next = models.subList(i, Math.min(i + AT_ONCE, MODELS));
      next.forEach(model -> space.apply(model, space.digits(1, 1)));
      next.forEach(space::awaitServing);
    }
    Map<String, Integer> before = restarts(space, models);
    Load load = space.load(models.get(0));

    operator.upgrade(Settings.CHART, Operator.defaultValues());

    // A change is only served by an operator that has looked at what the former one left.
    String changed = models.get(MODELS - 1);
    space.scale(changed, 2);
    space.awaitServing(changed);
    models.forEach(space::awaitServing);
    Map<String, Integer> after = restarts(space, models);
    assertThat(after).containsAllEntriesOf(before).hasSize(MODELS + 1);
    assertThat(models).allSatisfy(model -> assertThat(space.deployments(model)).hasSize(1));

    space.apply(changed, space.digits(2, 2));
    space.awaitServing(changed);
    Load.Report report = load.stop();
    assertThat(report.failed()).as(report.failures()).isZero();
    assertThat(report.requests()).isPositive();
  }

  private static Map<String, String> previousValues(Path chart) {
    Map<String, String> values = new LinkedHashMap<>(Operator.defaultValues());
    values.putAll(
        Operator.image("image", Settings.previousOperatorImage().orElse(Settings.operatorImage())));
    if (Files.isDirectory(chart.resolve("templates/gateway"))) {
      values.putAll(
          Operator.image(
              "gateway.image", Settings.previousGatewayImage().orElse(Settings.gatewayImage())));
    } else {
      // A chart without a gateway refuses its values.
      values.keySet().removeIf(value -> value.startsWith("gateway."));
    }
    return values;
  }

  /** Restarts of the container of each pod, by the pod's uid. */
  private static Map<String, Integer> restarts(Space space, List<String> models) {
    Map<String, Integer> restarts = new TreeMap<>();
    for (String model : models) {
      for (Pod pod : space.pods(model)) {
        restarts.put(
            pod.getMetadata().getUid(),
            pod.getStatus().getContainerStatuses().get(0).getRestartCount());
      }
    }
    return restarts;
  }
}

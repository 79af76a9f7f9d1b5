package dev.modelyard.operator.dependent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.operator.desired.RuntimePod;
import dev.modelyard.operator.rollout.RevisionObservation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterStateTest {

  /**
   * Three replicas are wanted, so one that came up leaves no trace in the Deployment's conditions.
   */
  @ParameterizedTest
  @CsvSource({"true, true", "false, false"})
  void aRevisionThatWasPartlyUpHasServed(boolean started, boolean everReady) {
    ClusterState state =
        new ClusterState(
            Map.of("r", deployment()),
            Optional.empty(),
            Map.of(),
            Map.of("r", List.of(pod(started))));

    assertThat(state.revisions()).containsExactly(new RevisionObservation("r", 3, 0, everReady));
  }

  private static Deployment deployment() {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName("digits-r")
        .endMetadata()
        .withNewSpec()
        .withReplicas(3)
        .endSpec()
        .withNewStatus()
        .endStatus()
        .build();
  }

  private static Pod pod(boolean started) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("digits-r-1")
        .endMetadata()
        .withNewStatus()
        .withPhase("Running")
        .addNewCondition()
        .withType("Ready")
        .withStatus("False")
        .endCondition()
        .addNewContainerStatus()
        .withName(RuntimePod.CONTAINER)
        .withStarted(started)
        .endContainerStatus()
        .endStatus()
        .build();
  }
}

package dev.modelyard.local.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What there is to say about the one container of a pod; becomes the pod's status. */
final class ContainerReport {
  private final Pod pod;
  private final Container container;
  private final String podIp;
  private final String startTime = now();
  private ContainerState state = waitingState("ContainerCreating", null);
  private ContainerState last;
  private int restarts;
  private boolean everStarted;
  private boolean started;
  private boolean ready;
  private List<PodCondition> conditions = List.of();

  ContainerReport(Pod pod, Container container, String podIp) {
    this.pod = pod;
    this.container = container;
    this.podIp = podIp;
  }

  static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  void waiting(String reason, String message) {
    if (state.getTerminated() != null) {
      last = state;
    }
    state = waitingState(reason, message);
    started = false;
    ready = false;
  }

  void running() {
    if (everStarted) {
      restarts++;
    }
    everStarted = true;
    state = new ContainerStateBuilder().withNewRunning().withStartedAt(now()).endRunning().build();
  }

  void probed(boolean hasStarted, boolean isReady) {
    started = hasStarted;
    ready = isReady;
  }

  void terminated(int exitCode, String message) {
    String startedAt = state.getRunning() == null ? now() : state.getRunning().getStartedAt();
    state =
        new ContainerStateBuilder()
            .withNewTerminated()
            .withExitCode(exitCode)
            .withReason(exitCode == 0 ? "Completed" : "Error")
            .withMessage(message)
            .withStartedAt(startedAt)
            .withFinishedAt(now())
            .endTerminated()
            .build();
    started = false;
    ready = false;
  }

  PodStatus status() {
    conditions =
        List.of(
            condition("PodScheduled", true),
            condition("Initialized", true),
            condition("ContainersReady", ready),
            condition("Ready", ready));
    ContainerStatus status =
        new ContainerStatusBuilder()
            .withName(container.getName())
            .withImage(container.getImage())
            .withImageID("local://" + container.getImage())
            .withContainerID(everStarted ? "local://" + pod.getMetadata().getUid() : null)
            .withState(state)
            .withLastState(last == null ? new ContainerState() : last)
            .withRestartCount(restarts)
            .withStarted(started)
            .withReady(ready)
            .build();
    return new PodStatusBuilder()
        .withPhase(everStarted ? "Running" : "Pending")
        .withPodIP(podIp)
        .withPodIPs(List.of(new io.fabric8.kubernetes.api.model.PodIP(podIp)))
        .withHostIP("127.0.0.1")
        .withStartTime(startTime)
        .withConditions(new ArrayList<>(conditions))
        .withContainerStatuses(status)
        .build();
  }

  private PodCondition condition(String type, boolean holds) {
    String status = holds ? "True" : "False";
    return conditions.stream()
        .filter(former -> former.getType().equals(type))
        .filter(former -> Objects.equals(former.getStatus(), status))
        .findFirst()
        .orElseGet(
            () ->
                new PodConditionBuilder()
                    .withType(type)
                    .withStatus(status)
                    .withLastTransitionTime(now())
                    .withReason(holds ? null : "ContainersNotReady")
                    .withMessage(
                        holds
                            ? null
                            : "containers with unready status: [" + container.getName() + "]")
                    .build());
  }

  private static ContainerState waitingState(String reason, String message) {
    return new ContainerStateBuilder()
        .withNewWaiting()
        .withReason(reason)
        .withMessage(message)
        .endWaiting()
        .build();
  }
}

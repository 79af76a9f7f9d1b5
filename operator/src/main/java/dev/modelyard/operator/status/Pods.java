package dev.modelyard.operator.status;

import dev.modelyard.operator.desired.RuntimePod;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.Optional;

/** How a pod stands, from its own status. */
public final class Pods {
  private Pods() {}

  /** Whether the pod answers requests and goes on to: Ready, and not being deleted. */
  public static boolean podReady(Pod pod) {
    return active(pod)
        && condition(pod, "Ready")
            .filter(condition -> "True".equals(condition.getStatus()))
            .isPresent();
  }

  /** Whether the process that runs now has passed its startup probe: its model was ready once. */
  public static boolean started(Pod pod) {
    return container(pod).filter(status -> Boolean.TRUE.equals(status.getStarted())).isPresent();
  }

  /** Whether the pod serves or may yet: neither ended nor being deleted. */
  public static boolean active(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() == null && !ended(pod);
  }

  /** Whether the runtime's process runs, so that it can be asked how it is. */
  public static boolean running(Pod pod) {
    return active(pod) && state(pod).filter(state -> state.getRunning() != null).isPresent();
  }

  /** Whether the scheduler has looked for a node and found none. */
  public static boolean unschedulable(Pod pod) {
    return active(pod)
        && condition(pod, "PodScheduled")
            .filter(condition -> "False".equals(condition.getStatus()))
            .filter(condition -> "Unschedulable".equals(condition.getReason()))
            .isPresent();
  }

  static boolean ended(Pod pod) {
    String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    return "Failed".equals(phase) || "Succeeded".equals(phase);
  }

  static Optional<PodCondition> condition(Pod pod, String type) {
    return pod.getStatus() == null
        ? Optional.empty()
        : pod.getStatus().getConditions().stream()
            .filter(condition -> type.equals(condition.getType()))
            .findFirst();
  }

  static Optional<ContainerStatus> container(Pod pod) {
    return pod.getStatus() == null
        ? Optional.empty()
        : pod.getStatus().getContainerStatuses().stream()
            .filter(status -> RuntimePod.CONTAINER.equals(status.getName()))
            .findFirst();
  }

  /** Whether the process that runs now is not the pod's first. */
  static boolean restarted(Pod pod) {
    return container(pod)
        .filter(status -> status.getRestartCount() != null && status.getRestartCount() > 0)
        .isPresent();
  }

  /** When the process that runs now was started, as RFC 3339; empty where none runs. */
  static String startedAt(Pod pod) {
    return state(pod)
        .map(ContainerState::getRunning)
        .map(running -> running.getStartedAt() == null ? "" : running.getStartedAt())
        .orElse("");
  }

  private static Optional<ContainerState> state(Pod pod) {
    return container(pod).map(ContainerStatus::getState);
  }
}

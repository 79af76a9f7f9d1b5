package dev.modelyard.operator.status;

import dev.modelyard.operator.desired.RuntimePod;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why a pod is not Ready and will not be by itself, in the words of who stopped it. */
public final class PodFailures {
  /** What the runtime may write to its termination log; docs/contract lists them. */
  private static final Set<Reason> OF_THE_RUNTIME =
      EnumSet.of(
          Reason.InvalidConfiguration,
          Reason.SourceNotFound,
          Reason.SourceForbidden,
          Reason.SourceUnavailable,
          Reason.SourceTooLarge,
          Reason.ArchiveInvalid,
          Reason.DigestMismatch,
          Reason.ModelLoadFailed,
          Reason.WarmUpFailed,
          Reason.LoadTimeout,
          Reason.OutOfMemory);

  private static final Set<String> OF_THE_IMAGE =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "ErrImageNeverPull",
          "ImageInspectError",
          "RegistryUnavailable",
          "SignatureValidationFailed");

  private static final String READINESS_GATE = "ReadinessGatesNotReady";
  private static final Pattern LINE = Pattern.compile("([A-Z][A-Za-z]*): (.+)");
  private static final int LONGEST_MESSAGE = 700;

  /** A start that follows this many failed ones is not given the benefit of the doubt. */
  private static final int RESTARTS_OF_A_LOOP = 2;

  private PodFailures() {}

  /** A reason, and the words that go with it, without a next step. */
  public record PodFailure(Reason reason, String message) {}

  /** The failure of a pod that is not Ready; empty where it is, or is on its way. */
  public static Optional<PodFailure> of(Pod pod) {
    if (Pods.podReady(pod) || pod.getStatus() == null) {
      return Optional.empty();
    }
    if (Pods.ended(pod)) {
      return ended(pod);
    }
    return unschedulable(pod)
        .or(() -> nodeNotReady(pod))
        .or(() -> Pods.container(pod).flatMap(status -> of(pod, status)));
  }

  /** The failure that a runtime tells of itself. */
  static Optional<PodFailure> of(RuntimeStatus runtime) {
    if (runtime.failure() == null || runtime.failure().reason() == null) {
      return Optional.empty();
    }
    String message = Objects.requireNonNullElse(runtime.failure().message(), "no message");
    return Optional.of(
        known(runtime.failure().reason())
            .map(reason -> new PodFailure(reason, words(message)))
            .orElseGet(
                () ->
                    new PodFailure(
                        Reason.CrashLooping, words(runtime.failure().reason() + ": " + message))));
  }

  private static Optional<PodFailure> ended(Pod pod) {
    if (!"Failed".equals(pod.getStatus().getPhase())) {
      return Optional.empty();
    }
    String reason = Objects.requireNonNullElse(pod.getStatus().getReason(), "Failed");
    String message =
        pod.getStatus().getMessage() == null
            ? reason
            : reason + ": " + pod.getStatus().getMessage();
    return Optional.of(
        new PodFailure(
            Reason.Evicted,
            words("Pod " + pod.getMetadata().getName() + " was taken off its node: " + message)));
  }

  private static Optional<PodFailure> unschedulable(Pod pod) {
    return Pods.condition(pod, "PodScheduled")
        .filter(condition -> "False".equals(condition.getStatus()))
        .map(
            condition ->
                new PodFailure(
                    Reason.Unschedulable,
                    words(
                        Objects.requireNonNullElse(
                            condition.getMessage(), String.valueOf(condition.getReason())))));
  }

  /**
   * The kubelet sets both conditions at once. Where the pod's alone is False, the node's controller
   * set it, since the kubelet is silent; or a readiness gate did, which has a reason of its own.
   */
  private static Optional<PodFailure> nodeNotReady(Pod pod) {
    boolean containersAre =
        Pods.condition(pod, "ContainersReady")
            .filter(condition -> "True".equals(condition.getStatus()))
            .isPresent();
    return Pods.condition(pod, "Ready")
        .filter(condition -> "False".equals(condition.getStatus()))
        .filter(condition -> containersAre && !READINESS_GATE.equals(condition.getReason()))
        .map(
            condition ->
                new PodFailure(
                    Reason.NodeNotReady,
                    words(
                        "Node %s of pod %s has not reported for a while"
                            .formatted(node(pod), pod.getMetadata().getName()))));
  }

  private static String node(Pod pod) {
    return Optional.ofNullable(pod.getSpec()).map(PodSpec::getNodeName).orElse("");
  }

  private static Optional<PodFailure> of(Pod pod, ContainerStatus status) {
    if (status.getState() == null) {
      return Optional.empty();
    }
    ContainerStateTerminated last =
        status.getLastState() == null ? null : status.getLastState().getTerminated();
    if (status.getState().getTerminated() != null) {
      return Optional.of(terminated(pod, status.getState().getTerminated()));
    }
    if (status.getState().getWaiting() != null) {
      return waiting(pod, status.getState().getWaiting(), last);
    }
    // It runs again. What it died of is told until it is Ready, or the reason would come and go
    // with every restart; one unknown death, such as of a failed probe, is no loop yet.
    return Optional.ofNullable(last)
        .map(terminated -> terminated(pod, terminated))
        .filter(
            failure ->
                failure.reason() != Reason.CrashLooping
                    || status.getRestartCount() >= RESTARTS_OF_A_LOOP);
  }

  private static Optional<PodFailure> waiting(
      Pod pod, ContainerStateWaiting waiting, ContainerStateTerminated last) {
    String reason = Objects.requireNonNullElse(waiting.getReason(), "");
    String message = Objects.requireNonNullElse(waiting.getMessage(), reason);
    if (OF_THE_IMAGE.contains(reason)) {
      return Optional.of(new PodFailure(Reason.ImagePullFailed, words(reason + ": " + message)));
    }
    if (reason.equals("CrashLoopBackOff")) {
      return Optional.of(
          last == null
              ? new PodFailure(Reason.CrashLooping, words(message))
              : terminated(pod, last));
    }
    // CreateContainerConfigError, CreateContainerError, RunContainerError, …
    return reason.endsWith("Error")
        ? Optional.of(new PodFailure(Reason.InvalidPod, words(reason + ": " + message)))
        : Optional.empty();
  }

  private static PodFailure terminated(Pod pod, ContainerStateTerminated terminated) {
    if ("OOMKilled".equals(terminated.getReason())) {
      return new PodFailure(
          Reason.OutOfMemory,
          "The container was killed for using more memory than "
              + memoryLimit(pod).map(limit -> "its limit of " + limit).orElse("the node has"));
    }
    String text = Objects.requireNonNullElse(terminated.getMessage(), "").strip();
    return text.lines()
        .flatMap(line -> lifted(line).stream())
        .findFirst()
        .orElseGet(() -> crash(pod, terminated, text));
  }

  private static Optional<PodFailure> lifted(String line) {
    Matcher matcher = LINE.matcher(line.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return known(matcher.group(1)).map(reason -> new PodFailure(reason, words(matcher.group(2))));
  }

  private static PodFailure crash(Pod pod, ContainerStateTerminated terminated, String text) {
    String exit =
        "Pod %s ended with exit code %d"
            .formatted(pod.getMetadata().getName(), terminated.getExitCode());
    // Of a log that stands in for a message, the last line is the nearest to the end.
    String said =
        text.lines().reduce((first, second) -> second).map(line -> ": " + line).orElse("");
    return new PodFailure(Reason.CrashLooping, words(exit + said));
  }

  private static Optional<Quantity> memoryLimit(Pod pod) {
    if (pod.getSpec() == null) {
      return Optional.empty();
    }
    return pod.getSpec().getContainers().stream()
        .filter(container -> RuntimePod.CONTAINER.equals(container.getName()))
        .filter(
            container ->
                container.getResources() != null && container.getResources().getLimits() != null)
        .map(container -> container.getResources().getLimits().get("memory"))
        .filter(Objects::nonNull)
        .findFirst();
  }

  private static Optional<Reason> known(String name) {
    return OF_THE_RUNTIME.stream().filter(reason -> reason.name().equals(name)).findFirst();
  }

  private static String words(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "…";
  }
}

package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * When something first happened in a namespace, by the clocks of those who recorded it: kubelet,
 * scheduler and controllers, to the second below. What is overwritten later, such as the end of a
 * container that was started again, is kept.
 */
public final class Chronicle implements AutoCloseable {
  /** What keeps a revision from serving. */
  public enum Cause {
    /** A container of it ended. */
    DEATH,
    /** No node fits a pod of it. */
    UNSCHEDULED,
    /** The kubelet cannot make a container of it. */
    KUBELET,
    /** The API server refuses to make a pod of it. */
    REFUSED
  }

  private record Happening(String deployment, Cause cause) {}

  private record Told(String object, String reason) {}

  private final Map<Happening, Instant> causes = new ConcurrentHashMap<>();
  private final Map<Told, Set<Instant>> told = new ConcurrentHashMap<>();
  private final List<SharedIndexInformer<?>> informers;

  Chronicle(KubernetesClient client, String namespace) {
    this.informers =
        List.of(
            client
                .pods()
                .inNamespace(namespace)
                .withLabel("modelyard.dev/revision")
                .inform(new Traffic.Seen<Pod>(this::pod)),
            client
                .v1()
                .events()
                .inNamespace(namespace)
                .inform(new Traffic.Seen<Event>(this::event)));
  }

  private void pod(Pod pod) {
    Map<String, String> labels = pod.getMetadata().getLabels();
    String deployment =
        labels.get("modelyard.dev/model-deployment") + "-" + labels.get("modelyard.dev/revision");
    pod.getStatus().getContainerStatuses().stream()
        .flatMap(container -> Stream.of(container.getState(), container.getLastState()))
        .filter(Objects::nonNull)
        .map(ContainerState::getTerminated)
        .filter(Objects::nonNull)
        .map(ContainerStateTerminated::getFinishedAt)
        .filter(Objects::nonNull)
        .forEach(at -> happened(deployment, Cause.DEATH, Instant.parse(at)));
    pod.getStatus().getConditions().stream()
        .filter(condition -> condition.getType().equals("PodScheduled"))
        .filter(condition -> condition.getStatus().equals("False"))
        .forEach(
            condition ->
                happened(
                    deployment,
                    Cause.UNSCHEDULED,
                    Instant.parse(condition.getLastTransitionTime())));
  }

  private void event(Event event) {
    String object = event.getInvolvedObject().getName();
    Instant at =
        Instant.parse(
            event.getEventTime() != null
                ? event.getEventTime().getTime()
                : Objects.requireNonNullElse(
                    event.getFirstTimestamp(), event.getMetadata().getCreationTimestamp()));
    switch (event.getInvolvedObject().getKind()) {
      case "Pod" -> {
        if (event.getReason().equals("Failed")) {
          happened(owner(owner(object)), Cause.KUBELET, at);
        }
      }
      case "ReplicaSet" -> {
        if (event.getReason().equals("FailedCreate")) {
          happened(owner(object), Cause.REFUSED, at);
        }
      }
      case "ModelDeployment" ->
          told.computeIfAbsent(
                  new Told(object, event.getReason()), key -> ConcurrentHashMap.newKeySet())
              .add(at);
      default -> {}
    }
  }

  /** Deployment, ReplicaSet, pod: each has its maker's name and a suffix. */
  private static String owner(String name) {
    return name.substring(0, Math.max(0, name.lastIndexOf('-')));
  }

  private void happened(String deployment, Cause cause, Instant at) {
    causes.merge(new Happening(deployment, cause), at, (a, b) -> a.isBefore(b) ? a : b);
  }

  /** When a revision first met the cause; empty where it has not, or nobody has told yet. */
  public Optional<Instant> first(String model, String revision, Cause cause) {
    return Optional.ofNullable(causes.get(new Happening(model + "-" + revision, cause)));
  }

  /** When the operator first told the reason of the model in an Event, from a moment on. */
  public Optional<Instant> told(String model, String reason, Instant from) {
    return told.getOrDefault(new Told(model, reason), Set.of()).stream()
        .filter(at -> !at.isBefore(from))
        .min(Instant::compareTo);
  }

  @Override
  public void close() {
    informers.forEach(SharedIndexInformer::close);
  }
}

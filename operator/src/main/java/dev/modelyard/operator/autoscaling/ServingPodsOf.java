package dev.modelyard.operator.autoscaling;

import dev.modelyard.api.v1alpha1.Durations;
import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.ColdStart;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.RevisionStatus;
import dev.modelyard.operator.asking.RuntimeStatusClient;
import dev.modelyard.operator.dependent.ClusterState;
import dev.modelyard.operator.status.Pods;
import dev.modelyard.operator.status.RevisionStatuses;
import io.fabric8.kubernetes.api.model.Pod;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the autoscaler needs to know of the pods, from what a reconcile saw. */
final class ServingPodsOf {
  /** An age by the wall clock is believed up to here: it may have jumped. */
  private static final Duration OLDEST = Duration.ofHours(1);

  private ServingPodsOf() {}

  static ServingPods state(
      ModelDeployment resource,
      String serving,
      ClusterState state,
      Optional<ServingPods> before,
      RuntimeStatusClient client,
      Clock clock) {
    Map<String, URI> ready = new HashMap<>();
    Map<String, Long> starting = new HashMap<>();
    int unschedulable = 0;
    for (Pod pod : state.pods().getOrDefault(serving, List.of())) {
      String uid = pod.getMetadata().getUid();
      if (Pods.podReady(pod)) {
        client.uri(pod).ifPresent(uri -> ready.put(uid, uri));
      } else if (Pods.unschedulable(pod)) {
        unschedulable++;
      } else if (Pods.active(pod)) {
        starting.put(
            uid,
            before
                .map(ServingPods::starting)
                .map(known -> known.get(uid))
                .orElseGet(() -> since(pod, clock)));
      }
    }
    Optional<Duration> coldStart = coldStart(resource, serving);
    return new ServingPods(
        ready,
        starting,
        unschedulable,
        coldStart.isPresent() || state.everReady(serving),
        coldStart);
  }

  /** From here on it is counted by a clock that does not jump. */
  private static long since(Pod pod, Clock clock) {
    long now = System.nanoTime();
    String created = pod.getMetadata().getCreationTimestamp();
    if (created == null) {
      return now;
    }
    Duration age = Duration.between(Instant.parse(created), clock.instant());
    if (age.isNegative()) {
      return now;
    }
    return now - (age.compareTo(OLDEST) > 0 ? OLDEST : age).toNanos();
  }

  private static Optional<Duration> coldStart(ModelDeployment resource, String revision) {
    return RevisionStatuses.find(resource.getStatus(), revision)
        .map(RevisionStatus::coldStart)
        .map(ColdStart::total)
        .map(Durations::parse);
  }
}

package dev.modelyard.local.node;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Pods that were made or deleted a moment ago and that an informer may not show so yet. Kept for a
 * few seconds, so that an event that never comes blocks nothing.
 */
final class Expectations {
  private static final Duration KEPT = Duration.ofSeconds(5);

  private record Expected(String deployment, long since) {}

  private final Map<String, Expected> byPod = new HashMap<>();

  void add(Deployment deployment, String pod) {
    byPod.put(pod, new Expected(deployment.getMetadata().getUid(), System.nanoTime()));
  }

  /** Nothing is expected of the pod any more. */
  void forget(String pod) {
    byPod.remove(pod);
  }

  /** A copy: uids of pods. */
  Set<String> of(Deployment deployment) {
    long now = System.nanoTime();
    byPod.values().removeIf(expected -> now - expected.since() > KEPT.toNanos());
    Set<String> pods = new HashSet<>();
    byPod.forEach(
        (pod, expected) -> {
          if (expected.deployment().equals(deployment.getMetadata().getUid())) {
            pods.add(pod);
          }
        });
    return pods;
  }
}

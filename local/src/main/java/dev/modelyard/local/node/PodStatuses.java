package dev.modelyard.local.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;

/** Reads and writes the status of pods. */
final class PodStatuses {
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  private PodStatuses() {}

  /** Writes a status; a pod that is gone, or another of that name, is left alone. */
  static void patch(KubernetesClient client, Pod pod, PodStatus status) {
    try {
      client
          .pods()
          .inNamespace(pod.getMetadata().getNamespace())
          .withName(pod.getMetadata().getName())
          .subresource("status")
          .patch(
              MERGE,
              Serialization.asJson(
                  Map.of("metadata", Map.of("uid", pod.getMetadata().getUid()), "status", status)));
    } catch (KubernetesClientException e) {
      if (e.getCode() != 404 && e.getCode() != 409) {
        throw e;
      }
    }
  }

  static boolean isReady(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
  }

  static boolean isDeleting(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() != null;
  }

  /** Ready, and not about to go. */
  static boolean serves(Pod pod) {
    return isReady(pod) && !isDeleting(pod) && pod.getStatus().getPodIP() != null;
  }
}

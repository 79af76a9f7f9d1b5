package dev.modelyard.local.node;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Makes as many pods as a Deployment wants, directly, without ReplicaSets. Pods of a former
 * template go when as many of the new one are ready.
 */
final class DeploymentController {
  static final String TEMPLATE_HASH = "pod-template-hash";
  // Kubernetes' alphabet of generated names: no vowels, no look-alikes.
  private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

  private final KubernetesClient client;
  private final Random random = new Random();
  private final Expectations made = new Expectations();
  private final Expectations deleted = new Expectations();

  DeploymentController(KubernetesClient client) {
    this.client = client;
  }

  /**
   * @param known every pod that the informer shows in the namespace
   */
  void reconcile(Deployment deployment, List<Pod> known) {
    if (deployment.getMetadata().getDeletionTimestamp() != null) {
      return;
    }
    List<Pod> own =
        known.stream()
            .filter(pod -> Owners.isControlledBy(pod, deployment))
            .filter(pod -> !PodStatuses.isDeleting(pod))
            .filter(pod -> !deleted.of(deployment).contains(pod.getMetadata().getUid()))
            .toList();
    String hash = hash(deployment);
    List<Pod> current =
        own.stream()
            .filter(pod -> hash.equals(pod.getMetadata().getLabels().get(TEMPLATE_HASH)))
            .toList();
    int wanted =
        deployment.getSpec().getReplicas() == null ? 1 : deployment.getSpec().getReplicas();
    // One that was shown once is not pending when it is gone again.
    known.forEach(pod -> made.forget(pod.getMetadata().getUid()));
    int count = current.size() + made.of(deployment).size();
    for (int i = count; i < wanted; i++) {
      made.add(deployment, create(deployment, hash));
    }
    current.stream()
        .sorted(leastUsefulFirst())
        .limit(Math.max(0, count - wanted))
        .forEach(pod -> delete(deployment, pod));
    long ready = current.stream().filter(PodStatuses::isReady).count();
    if (ready >= wanted) {
      own.stream().filter(pod -> !current.contains(pod)).forEach(pod -> delete(deployment, pod));
    }
    writeStatus(deployment, current, own);
  }

  private static Comparator<Pod> leastUsefulFirst() {
    return Comparator.comparing(PodStatuses::isReady)
        .thenComparing(pod -> pod.getMetadata().getCreationTimestamp(), Comparator.reverseOrder());
  }

  private static String hash(Deployment deployment) {
    return Integer.toHexString(Serialization.asJson(deployment.getSpec().getTemplate()).hashCode());
  }

  private String create(Deployment deployment, String hash) {
    var template = deployment.getSpec().getTemplate();
    ObjectMeta meta = deployment.getMetadata();
    Pod pod =
        new PodBuilder()
            .withMetadata(template.getMetadata())
            .editMetadata()
            .withName(meta.getName() + "-" + suffix())
            .withNamespace(meta.getNamespace())
            .addToLabels(TEMPLATE_HASH, hash)
            .withOwnerReferences(Owners.controller(deployment))
            .endMetadata()
            .withSpec(template.getSpec())
            .build();
    return client.resource(pod).create().getMetadata().getUid();
  }

  private String suffix() {
    return random
        .ints(5, 0, ALPHABET.length())
        .collect(StringBuilder::new, (text, i) -> text.append(ALPHABET.charAt(i)), (a, b) -> {})
        .toString();
  }

  private void delete(Deployment deployment, Pod pod) {
    deleted.add(deployment, pod.getMetadata().getUid());
    client.resource(pod).delete();
  }

  private void writeStatus(Deployment deployment, List<Pod> current, List<Pod> own) {
    Map<String, Object> status = DeploymentStatuses.status(deployment, current, own);
    if (status.equals(DeploymentStatuses.comparable(deployment.getStatus()))) {
      return;
    }
    try {
      client
          .apps()
          .deployments()
          .inNamespace(deployment.getMetadata().getNamespace())
          .withName(deployment.getMetadata().getName())
          .subresource("status")
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              Serialization.asJson(
                  Map.of("status", DeploymentStatuses.timed(status, deployment.getStatus()))));
    } catch (KubernetesClientException e) {
      if (e.getCode() != 404) {
        throw e;
      }
    }
  }
}

package dev.modelyard.operator.dependent;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.desired.Labels;
import dev.modelyard.operator.rollout.Deployments;
import dev.modelyard.operator.rollout.RevisionObservation;
import dev.modelyard.operator.status.Pods;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the cluster has of one ModelDeployment, from the caches, which hold the operator's own last
 * writes. What is of another owner, or of a former resource of that name, is not in it.
 *
 * @param deployments by revision; one that is being deleted is not in it
 * @param budgets by name
 * @param pods by revision
 */
public record ClusterState(
    Map<String, Deployment> deployments,
    Optional<Service> service,
    Map<String, PodDisruptionBudget> budgets,
    Map<String, List<Pod>> pods) {

  /** Reads the caches. */
  public static ClusterState of(ModelDeployment resource, Context<ModelDeployment> context) {
    Map<String, Deployment> deployments =
        owned(Deployment.class, resource, context)
            .collect(toMap(ClusterState::selected, d -> d, (a, b) -> a));
    return new ClusterState(
        deployments,
        owned(Service.class, resource, context).findFirst(),
        owned(PodDisruptionBudget.class, resource, context)
            .collect(toMap(budget -> budget.getMetadata().getName(), budget -> budget)),
        OwnedInformers.pods(resource, context).stream()
            .filter(pod -> Ownership.ownsPod(resource, pod))
            .sorted((a, b) -> a.getMetadata().getName().compareTo(b.getMetadata().getName()))
            .collect(groupingBy(ClusterState::revision)));
  }

  private static <T extends HasMetadata> Stream<T> owned(
      Class<T> type, ModelDeployment resource, Context<ModelDeployment> context) {
    return context
        .getSecondaryResourcesAsStream(type)
        .filter(object -> !object.isMarkedForDeletion() && Ownership.owns(resource, object));
  }

  /** By the selector, which no one can change; a label anyone may take off. */
  private static String selected(Deployment deployment) {
    return deployment.getSpec().getSelector().getMatchLabels().getOrDefault(Labels.REVISION, "");
  }

  private static String revision(HasMetadata object) {
    return object.getMetadata().getLabels().getOrDefault(Labels.REVISION, "");
  }

  /** The revision that the Service selects. */
  public Optional<String> serving() {
    return service.map(s -> s.getSpec().getSelector()).map(s -> s.get(Labels.REVISION));
  }

  /** The live revisions, as the rollout sees them. */
  public List<RevisionObservation> revisions() {
    return deployments.entrySet().stream()
        .map(d -> observed(d.getKey(), d.getValue(), pods.getOrDefault(d.getKey(), List.of())))
        .sorted((a, b) -> a.revision().compareTo(b.revision()))
        .toList();
  }

  /**
   * Whether another revision serves than before, so that the former one can go. The first Service
   * of a new resource is no flip: there is nothing to clear away.
   */
  public boolean flippedSince(ClusterState before) {
    return deployments.size() > 1 && !before.serving().equals(serving());
  }

  /** Whether a revision was ever able to serve. */
  public boolean everReady(String revision) {
    return revisions().stream().anyMatch(one -> one.revision().equals(revision) && one.everReady());
  }

  private static RevisionObservation observed(
      String revision, Deployment deployment, List<Pod> pods) {
    return new RevisionObservation(
        revision, replicas(deployment), ready(deployment, pods), everReady(deployment, pods));
  }

  /** Where only some replicas ever came up, the Deployment does not tell, but a pod does. */
  private static boolean everReady(Deployment deployment, List<Pod> pods) {
    return Deployments.everReady(deployment) || pods.stream().anyMatch(Pods::started);
  }

  static int replicas(Deployment deployment) {
    Integer replicas = deployment.getSpec().getReplicas();
    return replicas == null ? 1 : replicas;
  }

  /**
   * Pods that answer and belong to this very Deployment. A former one of the same name, deleted
   * just now, leaves pods with the same labels until the garbage collector takes them; the
   * Deployment's controller counts its own only.
   */
  private static int ready(Deployment deployment, List<Pod> pods) {
    int live = (int) pods.stream().filter(Pods::podReady).count();
    Integer own = deployment.getStatus() == null ? null : deployment.getStatus().getReadyReplicas();
    return Math.min(live, own == null ? 0 : own);
  }
}

package dev.modelyard.operator.dependent;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.desired.Labels;
import dev.modelyard.operator.desired.PinnedDigest;
import dev.modelyard.operator.status.LoadedDigests;
import dev.modelyard.operator.status.Observation.Problem;
import dev.modelyard.operator.status.RuntimeStatus;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Records which model a revision serves, for the pods to come, and ends pods that loaded another:
 * those that had started before the record was there.
 *
 * <p>Pods read the record as a ConfigMap. The operator reads it from an annotation of the
 * Deployment, so that it needs no right to watch ConfigMaps, which hold much that is not ours.
 */
public final class ModelPins {
  private static final Logger LOG = Logger.getLogger(ModelPins.class);

  private ModelPins() {}

  /**
   * @param answers what pods say of themselves, by UID
   * @return what keeps the record from being made
   */
  public static Optional<Problem> keep(
      ClusterState state,
      Map<String, RuntimeStatus> answers,
      ModelDeployment owner,
      Context<ModelDeployment> context) {
    try {
      state
          .deployments()
          .forEach(
              (revision, deployment) -> {
                if (PinnedDigest.isReadBy(deployment)) {
                  List<Pod> pods = state.pods().getOrDefault(revision, List.of());
                  keep(revision, deployment, pods, answers, owner, context);
                }
              });
      return Optional.empty();
    } catch (RefusedException e) {
      return Optional.of(e.problem());
    }
  }

  private static void keep(
      String revision,
      Deployment deployment,
      List<Pod> pods,
      Map<String, RuntimeStatus> answers,
      ModelDeployment owner,
      Context<ModelDeployment> context) {
    Optional<String> annotated =
        Optional.ofNullable(deployment.getMetadata().getAnnotations())
            .map(annotations -> annotations.get(Labels.MODEL_DIGEST));
    Optional<String> recorded =
        annotated.or(
            () ->
                LoadedDigests.of(revision, Optional.empty(), pods, answers)
                    .map(first -> record(deployment, first.digest(), owner, context)));
    recorded
        .flatMap(digest -> LoadedDigests.of(revision, Optional.of(digest), pods, answers))
        .ifPresent(found -> found.strays().forEach(pod -> end(pod, found.digest(), context)));
  }

  /** Returns what is recorded now: by an operator that ended in between, it may be another. */
  private static String record(
      Deployment deployment,
      String digest,
      ModelDeployment owner,
      Context<ModelDeployment> context) {
    ConfigMap desired = PinnedDigest.desired(deployment, digest);
    String recorded = digest;
    try {
      context.getClient().resource(desired).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw OwnedWriter.refusal(desired, e);
      }
      ConfigMap existing = context.getClient().resource(desired).get();
      if (existing == null || !isOf(deployment, existing)) {
        throw existing == null ? e : RefusedException.nameConflict(existing);
      }
      recorded = Optional.ofNullable(PinnedDigest.in(existing)).orElse(digest);
    }
    new OwnedWriter(owner, context)
        .patch(
            Deployment.class,
            deployment,
            Map.of("metadata", Map.of("annotations", Map.of(Labels.MODEL_DIGEST, recorded))));
    return recorded;
  }

  private static boolean isOf(Deployment deployment, ConfigMap found) {
    return found.getMetadata().getOwnerReferences().stream()
        .anyMatch(reference -> reference.getUid().equals(deployment.getMetadata().getUid()));
  }

  private static void end(Pod pod, String digest, Context<ModelDeployment> context) {
    LOG.warnf(
        "Pod %s/%s loaded another model than %s, which its revision serves: it is deleted",
        pod.getMetadata().getNamespace(), pod.getMetadata().getName(), digest);
    context.getClient().resource(pod).delete();
  }
}

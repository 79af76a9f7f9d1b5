package dev.modelyard.operator.rollout;

import dev.modelyard.operator.desired.Labels;
import io.fabric8.kubernetes.api.model.apps.Deployment;

/** What a revision's Deployment remembers of it. */
public final class Deployments {
  private Deployments() {}

  /**
   * Whether all replicas of the Deployment were available at least once. The Deployment controller
   * sets the condition {@code Progressing} to the reason {@code NewReplicaSetAvailable} then, and
   * leaves it there as long as the template stays, whatever becomes of the pods. It costs no write
   * and survives the operator. A Deployment made with no replicas counts as complete at once; it
   * tells by an annotation that it proves nothing yet.
   */
  public static boolean everReady(Deployment deployment) {
    return deployment.getStatus() != null
        && !madeAtZero(deployment)
        && deployment.getStatus().getConditions().stream()
            .anyMatch(
                condition ->
                    "Progressing".equals(condition.getType())
                        && "NewReplicaSetAvailable".equals(condition.getReason()));
  }

  /** Whether it was made with no replicas, and none of its pods is known to have been Ready. */
  public static boolean madeAtZero(Deployment deployment) {
    return deployment.getMetadata().getAnnotations() != null
        && deployment.getMetadata().getAnnotations().containsKey(Labels.MADE_AT_ZERO);
  }
}

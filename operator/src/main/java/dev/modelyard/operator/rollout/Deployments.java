package dev.modelyard.operator.rollout;

import io.fabric8.kubernetes.api.model.apps.Deployment;

/** What a revision's Deployment remembers of it. */
public final class Deployments {
  private Deployments() {}

  /**
   * Whether all replicas of the Deployment were available at least once. The Deployment controller
   * sets the condition {@code Progressing} to the reason {@code NewReplicaSetAvailable} then, and
   * leaves it there as long as the template stays, whatever becomes of the pods. It costs no write
   * and survives the operator. A Deployment made with no replicas counts as complete at once, and
   * so as having been ready: it is then kept until the next revision is Ready.
   */
  public static boolean everReady(Deployment deployment) {
    return deployment.getStatus() != null
        && deployment.getStatus().getConditions().stream()
            .anyMatch(
                condition ->
                    "Progressing".equals(condition.getType())
                        && "NewReplicaSetAvailable".equals(condition.getReason()));
  }
}

package dev.modelyard.operator.status;

import dev.modelyard.operator.status.PodFailures.PodFailure;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import java.util.Objects;
import java.util.Optional;

/** Why a Deployment has no pods to look at. */
final class DeploymentFailures {
  private DeploymentFailures() {}

  /** What the API server answered when a pod was to be made. */
  static Optional<PodFailure> of(Deployment deployment) {
    return condition(deployment, "ReplicaFailure")
        .filter(condition -> "True".equals(condition.getStatus()))
        .map(
            condition -> {
              String message =
                  Objects.requireNonNullElse(condition.getMessage(), "pods cannot be made");
              return new PodFailure(
                  message.contains("exceeded quota") ? Reason.QuotaExceeded : Reason.InvalidPod,
                  message);
            });
  }

  /** Whether nothing has moved for longer than loading the model may take. */
  static boolean deadlineExceeded(Deployment deployment) {
    return condition(deployment, "Progressing")
        .filter(condition -> "ProgressDeadlineExceeded".equals(condition.getReason()))
        .isPresent();
  }

  private static Optional<DeploymentCondition> condition(Deployment deployment, String type) {
    return deployment.getStatus() == null
        ? Optional.empty()
        : deployment.getStatus().getConditions().stream()
            .filter(condition -> type.equals(condition.getType()))
            .findFirst();
  }
}

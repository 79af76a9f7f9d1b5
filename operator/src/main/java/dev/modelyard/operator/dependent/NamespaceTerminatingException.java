package dev.modelyard.operator.dependent;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;

/**
 * Nothing new can be made, because the namespace is being deleted with all that is in it: neither a
 * failure nor a user's mistake, and nothing that could be done.
 */
public final class NamespaceTerminatingException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final String CAUSE = "NamespaceTerminating";

  NamespaceTerminatingException(KubernetesClientException cause) {
    super(cause.getMessage(), cause);
  }

  /** Whether the API server answers that the namespace is being deleted. */
  public static boolean says(KubernetesClientException answer) {
    return Optional.ofNullable(answer.getStatus())
        .map(Status::getDetails)
        .map(StatusDetails::getCauses)
        .filter(causes -> causes.stream().anyMatch(cause -> CAUSE.equals(cause.getReason())))
        .isPresent();
  }
}

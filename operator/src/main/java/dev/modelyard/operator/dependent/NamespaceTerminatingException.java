package dev.modelyard.operator.dependent;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
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

  /** Whether the API server answers that the namespace is being deleted, or is gone already. */
  public static boolean says(KubernetesClientException answer) {
    return Optional.ofNullable(answer.getStatus())
        .map(Status::getDetails)
        .filter(details -> isTerminating(details) || isGone(answer, details))
        .isPresent();
  }

  private static boolean isTerminating(StatusDetails details) {
    return details.getCauses().stream().anyMatch(cause -> CAUSE.equals(cause.getReason()));
  }

  private static boolean isGone(KubernetesClientException answer, StatusDetails details) {
    return answer.getCode() == HttpURLConnection.HTTP_NOT_FOUND
        && "namespaces".equals(details.getKind());
  }
}

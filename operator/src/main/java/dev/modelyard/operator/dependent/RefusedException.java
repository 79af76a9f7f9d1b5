package dev.modelyard.operator.dependent;

import dev.modelyard.operator.status.Observation.Problem;
import dev.modelyard.operator.status.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;

/** What the spec asks for cannot be made: a user has to change something, a retry does not help. */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final transient Problem problem;

  RefusedException(Problem problem) {
    super(problem.message());
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }

  static RefusedException nameConflict(HasMetadata object) {
    return new RefusedException(
        new Problem(
            Reason.NameConflict,
            "A %s %s exists that does not belong to this resource"
                .formatted(object.getKind(), object.getMetadata().getName())));
  }

  /**
   * Empty where the refusal is not about the object: the operator may not write it at all, or the
   * server cannot now.
   */
  static Optional<RefusedException> of(HasMetadata object, KubernetesClientException e) {
    String words =
        Optional.ofNullable(e.getStatus()).map(Status::getMessage).orElse(e.getMessage());
    Reason reason =
        switch (e.getCode()) {
          case 400, 422 -> Reason.InvalidPod;
          case 403 -> forbidden(words);
          default -> null;
        };
    return Optional.ofNullable(reason)
        .map(
            r ->
                new RefusedException(
                    new Problem(
                        r,
                        "The API server refuses the %s %s: %s"
                            .formatted(object.getKind(), object.getMetadata().getName(), words))));
  }

  private static Reason forbidden(String words) {
    if (words.contains("exceeded quota")) {
      return Reason.QuotaExceeded;
    }
    // RBAC's own form: User "…" cannot create resource "…": the operator's installation is wrong.
    return words.contains(" cannot ") && words.contains("User \"") ? null : Reason.InvalidPod;
  }
}

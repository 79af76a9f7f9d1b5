package dev.modelyard.operator.dependent;

import dev.modelyard.operator.status.Observation.Problem;
import dev.modelyard.operator.status.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the spec asks for cannot be made: a user has to change something, or the platform team where
 * the operator lacks a right.
 */
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

  /** RBAC's own form; the words of admission and quota have another. */
  private static final Pattern NOT_ALLOWED =
      Pattern.compile(
          "User \".*\" cannot (?<verb>\\S+) resource \"(?<resource>[^\"]+)\""
              + "(?: in API group \"(?<group>[^\"]*)\")?(?: in the namespace \"(?<namespace>[^\"]*)\")?");

  /** Whether the operator lacks a right to it, which keeps nothing else from being done. */
  boolean lacksRight() {
    return problem.reason() == Reason.ReconcileFailed;
  }

  /** Empty where the refusal is not about the object: the server cannot now. */
  static Optional<RefusedException> of(HasMetadata object, KubernetesClientException e) {
    String words =
        Optional.ofNullable(e.getStatus()).map(Status::getMessage).orElse(e.getMessage());
    Matcher right = NOT_ALLOWED.matcher(Objects.requireNonNullElse(words, ""));
    if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN && right.find()) {
      return Optional.of(notAllowed(right));
    }
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
    return Reason.InvalidPod;
  }

  private static RefusedException notAllowed(Matcher right) {
    String group = Objects.requireNonNullElse(right.group("group"), "");
    String rule =
        "{apiGroups: [%s], resources: [%s], verbs: [%s]}"
            .formatted(
                group.isEmpty() ? "\"\"" : group, right.group("resource"), right.group("verb"));
    return new RefusedException(
        new Problem(
            Reason.ReconcileFailed,
            ("The operator may not %s %s%s. The platform team has to give it the rule %s, which the"
                    + " chart's Role or ClusterRole has with rbac.create=true")
                .formatted(
                    right.group("verb"),
                    right.group("resource"),
                    right.group("namespace") == null
                        ? ""
                        : " in the namespace " + right.group("namespace"),
                    rule)));
  }
}

package dev.modelyard.operator.status;

import dev.modelyard.api.v1alpha1.ModelDeploymentStatus;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.RevisionStatus;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** What a status says of its revisions. */
public final class RevisionStatuses {
  private RevisionStatuses() {}

  /**
   * @param status null where none was written yet
   */
  public static Optional<RevisionStatus> find(ModelDeploymentStatus status, String revision) {
    return status == null
        ? Optional.empty()
        : Stream.of(status.stable(), status.candidate())
            .filter(Objects::nonNull)
            .filter(one -> revision.equals(one.revision()))
            .findFirst();
  }
}

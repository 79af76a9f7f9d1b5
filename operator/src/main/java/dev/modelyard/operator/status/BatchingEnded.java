package dev.modelyard.operator.status;

import dev.modelyard.api.v1alpha1.ModelDeploymentStatus;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.LoadedModel;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.RevisionStatus;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Of revisions that batched: a runtime has seen that a batch changes answers. */
public final class BatchingEnded {
  private static final String OFF = "Off: ";

  private BatchingEnded() {}

  /** Whether a runtime that says so computes requests together; not where it says nothing. */
  public static boolean batches(String batching) {
    return batching != null && !batching.startsWith(OFF);
  }

  /** One message for each revision that batched before and does not now. */
  public static List<String> between(ModelDeploymentStatus before, ModelDeploymentStatus now) {
    return Stream.of(Optional.ofNullable(now.stable()), Optional.ofNullable(now.candidate()))
        .flatMap(Optional::stream)
        .filter(
            revision ->
                RevisionStatuses.find(before, revision.revision())
                    .flatMap(BatchingEnded::batching)
                    .filter(BatchingEnded::batches)
                    .isPresent())
        .flatMap(
            revision ->
                batching(revision)
                    .filter(batching -> batching.startsWith(OFF))
                    .map(batching -> message(revision.revision(), batching))
                    .stream())
        .toList();
  }

  private static Optional<String> batching(RevisionStatus revision) {
    return Optional.ofNullable(revision.model()).map(LoadedModel::batching);
  }

  private static String message(String revision, String batching) {
    return ("A replica of revision %s computes each request alone from now on: %s. Answers that it gave"
            + " before may have been changed by other requests of their batch. Set"
            + " spec.serving.batching.mode to \"Off\".")
        .formatted(revision, batching.substring(OFF.length()));
  }
}

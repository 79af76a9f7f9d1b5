package dev.modelyard.operator.status;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which model a revision serves, and which of its pods have another.
 *
 * @param digest what the first pod to be Ready loaded
 * @param strays pods that say they loaded another, Ready or not
 */
public record LoadedDigests(String digest, List<Pod> strays) {

  /**
   * @param recorded what is known from before
   * @param pods of the revision
   * @param answers what pods say of themselves, by UID
   * @return empty where nothing is recorded and no pod is Ready that tells its digest
   */
  public static Optional<LoadedDigests> of(
      String revision,
      Optional<String> recorded,
      List<Pod> pods,
      Map<String, RuntimeStatus> answers) {
    Starts starts = new Starts(Optional.empty(), answers);
    return recorded
        .or(
            () ->
                pods.stream()
                    .filter(Pods::podReady)
                    .sorted(
                        Comparator.comparing(LoadedDigests::readySince)
                            .thenComparing(pod -> pod.getMetadata().getName()))
                    .flatMap(pod -> loaded(starts, pod, revision).stream())
                    .findFirst())
        .map(digest -> new LoadedDigests(digest, others(digest, starts, revision, pods)));
  }

  private static List<Pod> others(String digest, Starts starts, String revision, List<Pod> pods) {
    return pods.stream()
        .filter(Pods::active)
        .filter(pod -> loaded(starts, pod, revision).filter(own -> !own.equals(digest)).isPresent())
        .toList();
  }

  /** A runtime that has refused its model tells of it itself. */
  private static Optional<String> loaded(Starts starts, Pod pod, String revision) {
    return starts
        .answer(pod, revision)
        .filter(answer -> answer.failure() == null && answer.model() != null)
        .map(answer -> answer.model().digest());
  }

  private static String readySince(Pod pod) {
    return Pods.condition(pod, "Ready")
        .map(condition -> Objects.requireNonNullElse(condition.getLastTransitionTime(), ""))
        .orElse("");
  }
}

package dev.modelyard.operator.status;

import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.ColdStart;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.LoadedModel;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.Progress;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.RevisionStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * How far the pods of one revision are, and what their starts took. A pod that does not answer for
 * a moment changes nothing: what was known of its revision stays.
 */
record Starts(Optional<RevisionStatus> previous, Map<String, RuntimeStatus> answers) {
  private static final Map<String, String> STATES =
      Map.of(
          "STARTING", "Starting",
          "DOWNLOADING", "Downloading",
          "VERIFYING", "Verifying",
          "LOADING", "Loading",
          "WARMING_UP", "WarmingUp");

  /** How far each state is. */
  private static final List<String> ORDER =
      List.of("Starting", "Downloading", "Verifying", "Loading", "WarmingUp");

  /** What the runtime does not measure of its start: until it runs, and until the probes see it. */
  private static final Duration START_AND_PROBES = Duration.ofSeconds(15);

  private static final Comparator<Progress> FURTHEST =
      Comparator.comparingInt((Progress progress) -> ORDER.indexOf(progress.state()))
          .thenComparingDouble(Starts::part)
          .thenComparing(progress -> progress.done() == null ? 0 : progress.done());

  /**
   * What the pod says of itself. An address that another pod has taken over answers for that one.
   */
  Optional<RuntimeStatus> answer(Pod pod, String revision) {
    return Optional.ofNullable(answers.get(pod.getMetadata().getUid()))
        .filter(answer -> answer.revision() == null || answer.revision().equals(revision));
  }

  /** How far the pod is that will be Ready first. */
  Optional<Progress> progress(String revision, List<Pod> starting) {
    List<Pod> running = starting.stream().filter(Pods::running).toList();
    List<RuntimeStatus> told =
        running.stream().flatMap(pod -> answer(pod, revision).stream()).toList();
    if (told.isEmpty() && !running.isEmpty()) {
      Optional<Progress> before = previous.map(RevisionStatus::progress);
      if (before.isPresent()) {
        return before;
      }
    }
    Optional<Progress> furthest =
        told.stream()
            .filter(answer -> answer.state() != null && STATES.containsKey(answer.state()))
            .map(Starts::progress)
            .max(FURTHEST);
    return furthest.isPresent() || starting.isEmpty() || !told.isEmpty()
        ? furthest
        : Optional.of(new Progress("Starting", null, null));
  }

  /** Whether one of the pods is done, and only its probe has not passed yet. */
  boolean loaded(String revision, List<Pod> starting) {
    return starting.stream()
        .flatMap(pod -> answer(pod, revision).stream())
        .anyMatch(answer -> "READY".equals(answer.state()));
  }

  Optional<LoadedModel> model(String revision, List<Pod> ready) {
    return ofLastStart(
            revision, ready, (pod, answer) -> model(answer), previous.map(RevisionStatus::model))
        .map(model -> endedBatching(revision, ready).map(off -> with(model, off)).orElse(model));
  }

  /** A replica ends batching by itself, whichever was started last. */
  private Optional<String> endedBatching(String revision, List<Pod> ready) {
    return ready.stream()
        .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
        .flatMap(pod -> told(pod, revision, (of, answer) -> model(answer)))
        .map(LoadedModel::batching)
        .filter(batching -> batching != null && !BatchingEnded.batches(batching))
        .findFirst();
  }

  private static LoadedModel with(LoadedModel model, String batching) {
    return new LoadedModel(
        model.digest(), model.sizeBytes(), model.engine(), model.device(), batching);
  }

  Optional<ColdStart> coldStart(String revision, List<Pod> ready) {
    return ofLastStart(revision, ready, this::ofStart, previous.map(RevisionStatus::coldStart));
  }

  /** Part of the bytes that is done, from 0 to 1; 0 where the whole is not known. */
  static double part(Progress progress) {
    return progress.done() == null || progress.total() == null || progress.total() <= 0
        ? 0
        : Math.min(1, (double) progress.done() / progress.total());
  }

  /** From the pod that was started last, so that who happens to answer makes no difference. */
  private <T> Optional<T> ofLastStart(
      String revision,
      List<Pod> ready,
      BiFunction<Pod, RuntimeStatus, Optional<T>> value,
      Optional<T> before) {
    List<Pod> lastFirst =
        ready.stream()
            .sorted(
                Comparator.comparing(Pods::startedAt)
                    .thenComparing(pod -> pod.getMetadata().getName())
                    .reversed())
            .toList();
    Optional<T> last =
        lastFirst.stream().limit(1).flatMap(pod -> told(pod, revision, value)).findFirst();
    return last.or(() -> before)
        .or(() -> lastFirst.stream().flatMap(pod -> told(pod, revision, value)).findFirst());
  }

  private <T> Stream<T> told(
      Pod pod, String revision, BiFunction<Pod, RuntimeStatus, Optional<T>> value) {
    return answer(pod, revision).flatMap(answer -> value.apply(pod, answer)).stream();
  }

  private static Progress progress(RuntimeStatus answer) {
    RuntimeStatus.Progress bytes = answer.progress();
    return new Progress(
        STATES.get(answer.state()),
        bytes == null ? null : bytes.done(),
        bytes == null ? null : bytes.total());
  }

  private static Optional<LoadedModel> model(RuntimeStatus answer) {
    RuntimeStatus.Model model = answer.model();
    return model == null || model.engine() == null
        ? Optional.empty()
        : Optional.of(
            new LoadedModel(
                model.digest(),
                model.sizeBytes(),
                model.engine(),
                model.device(),
                model.batching()));
  }

  private Optional<ColdStart> ofStart(Pod pod, RuntimeStatus answer) {
    RuntimeStatus.Timings timings = answer.timings();
    if (timings == null || timings.loadMillis() == null) {
      return Optional.empty();
    }
    return Optional.of(
        new ColdStart(
            seconds(timings.downloadMillis()),
            seconds(timings.loadMillis()),
            seconds(timings.warmUpMillis()),
            total(pod, timings)
                .map(duration -> duration.toSeconds() + "s")
                .or(() -> previous.map(RevisionStatus::coldStart).map(ColdStart::total))
                .orElse(null)));
  }

  /**
   * From the pod's creation to Ready, to the second. A pod that was Ready before tells when it
   * became so again; what it measured itself bounds that. Empty for a container that was started
   * again: its image was there, and its pod is as old as the first.
   */
  private static Optional<Duration> total(Pod pod, RuntimeStatus.Timings timings) {
    if (Pods.restarted(pod)) {
      return Optional.empty();
    }
    long measured =
        Stream.of(timings.downloadMillis(), timings.loadMillis(), timings.warmUpMillis())
            .filter(Objects::nonNull)
            .mapToLong(Long::longValue)
            .sum();
    Optional<Instant> latest =
        instant(Pods.startedAt(pod)).map(at -> at.plusMillis(measured).plus(START_AND_PROBES));
    return Pods.condition(pod, "Ready")
        .flatMap(condition -> instant(condition.getLastTransitionTime()))
        .flatMap(ready -> latest.map(bound -> ready.isBefore(bound) ? ready : bound))
        .flatMap(
            ready ->
                instant(pod.getMetadata().getCreationTimestamp())
                    .map(created -> Duration.between(created, ready)))
        .filter(duration -> !duration.isNegative());
  }

  private static Optional<Instant> instant(String text) {
    return text == null || text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
  }

  /** Such as 1.25s. */
  static String seconds(Long millis) {
    return millis == null
        ? null
        : BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString() + "s";
  }
}

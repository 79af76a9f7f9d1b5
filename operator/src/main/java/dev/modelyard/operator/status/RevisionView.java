package dev.modelyard.operator.status;

import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.Progress;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.RevisionStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One revision as it stands.
 *
 * @param wanted pods it should have
 * @param active pods that serve or may yet, by name
 * @param ready those of them that answer
 * @param failures of the pods, the Deployment's first
 * @param cause why fewer are ready than are wanted; empty where enough are
 */
record RevisionView(
    String revision,
    int wanted,
    Optional<Deployment> deployment,
    List<Pod> active,
    List<Pod> ready,
    List<Cause> failures,
    Optional<Progress> progress,
    Optional<Cause> cause,
    Starts starts) {
  /** Pods of a revision that were taken off their nodes this often make it no accident. */
  private static final int EVICTIONS_OF_A_LOOP = 2;

  static RevisionView of(Observation observation, String revision, int wanted) {
    List<Pod> pods = observation.pods().getOrDefault(revision, List.of());
    List<Pod> active =
        pods.stream()
            .filter(Pods::active)
            .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
            .toList();
    List<Pod> ready = active.stream().filter(Pods::podReady).toList();
    List<Pod> starting = active.stream().filter(pod -> !Pods.podReady(pod)).toList();
    Optional<Deployment> deployment = Optional.ofNullable(observation.deployments().get(revision));
    Starts starts =
        new Starts(
            RevisionStatuses.find(observation.resource().getStatus(), revision),
            observation.runtimes());
    boolean enough = ready.size() >= wanted;

    List<Cause> failures =
        Stream.of(
                deployment.flatMap(DeploymentFailures::of).stream(),
                starting.stream().flatMap(pod -> PodFailures.of(pod).stream()),
                starting.stream()
                    .flatMap(pod -> starts.answer(pod, revision).stream())
                    .flatMap(answer -> PodFailures.of(answer).stream()),
                evictions(pods, starting))
            .flatMap(found -> found)
            .map(Cause::of)
            .toList();
    Optional<Progress> progress =
        enough
            ? Optional.empty()
            : starts.progress(
                revision,
                starting.stream()
                    .filter(pod -> Pods.running(pod) || PodFailures.of(pod).isEmpty())
                    .toList());
    Optional<Cause> problem =
        observation
            .problem()
            .filter(any -> revision.equals(observation.wantedRevision()))
            .map(Cause::of);
    Optional<Cause> cause =
        enough
            ? problem
            : problem
                .or(() -> failures.stream().min(Comparator.comparing(Cause::kind)))
                .or(
                    () ->
                        Optional.of(
                            StartCauses.of(starting, progress, starts.loaded(revision, starting))));
    return new RevisionView(
        revision, wanted, deployment, active, ready, failures, progress, cause, starts);
  }

  boolean enough() {
    return ready.size() >= wanted;
  }

  /** Whether the Deployment controller has seen what the Deployment asks for. */
  boolean current() {
    return deployment
        .filter(
            one ->
                one.getStatus() != null
                    && Objects.requireNonNullElse(one.getStatus().getObservedGeneration(), 0L)
                        >= Objects.requireNonNullElse(one.getMetadata().getGeneration(), 0L))
        .isPresent();
  }

  /** Whether it will not become ready without a change, or has taken too long to believe it. */
  boolean failed() {
    return cause.filter(Cause::ofFailure).isPresent()
        || !enough() && deployment.filter(DeploymentFailures::deadlineExceeded).isPresent();
  }

  /** Whether a pod runs and is on its way, whatever keeps others. */
  boolean loading() {
    return active.stream().anyMatch(pod -> Pods.running(pod) && PodFailures.of(pod).isEmpty());
  }

  RevisionStatus status() {
    return new RevisionStatus(
        revision,
        active.size(),
        ready.size(),
        starts.model(revision, ready).orElse(null),
        starts.coldStart(revision, ready).orElse(null),
        progress.orElse(null));
  }

  private static Stream<PodFailures.PodFailure> evictions(List<Pod> pods, List<Pod> starting) {
    List<PodFailures.PodFailure> ended =
        pods.stream()
            .filter(pod -> Pods.ended(pod) && pod.getMetadata().getDeletionTimestamp() == null)
            .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
            .flatMap(pod -> PodFailures.of(pod).stream())
            .toList();
    boolean replaced = starting.stream().anyMatch(Pods::running);
    return replaced && ended.size() < EVICTIONS_OF_A_LOOP ? Stream.empty() : ended.stream();
  }
}

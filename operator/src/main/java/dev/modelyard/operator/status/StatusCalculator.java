package dev.modelyard.operator.status;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus;
import dev.modelyard.operator.desired.Labels;
import dev.modelyard.operator.desired.Names;
import dev.modelyard.operator.rollout.RolloutPlan;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Calculates the status from live pods. Equal observations give equal statuses, whatever the time.
 */
public final class StatusCalculator {
  private StatusCalculator() {}

  /**
   * @param now becomes the lastTransitionTime of conditions whose status changed, nothing else
   */
  public static ModelDeploymentStatus calculate(Observation observation, Instant now) {
    ModelDeployment resource = observation.resource();
    String name = resource.getMetadata().getName();
    ModelDeploymentStatus previous = resource.getStatus();
    Conditions conditions =
        new Conditions(
            previous == null ? null : previous.conditions(),
            resource.getMetadata().getGeneration(),
            now);
    Situation situation = situation(observation, conditions);
    List<Pod> active =
        observation.pods().values().stream().flatMap(List::stream).filter(Pods::active).toList();

    return new ModelDeploymentStatus(
        resource.getMetadata().getGeneration(),
        Phases.of(situation),
        observation.plan().isPresent()
            ? Names.url(name, resource.getMetadata().getNamespace())
            : previous == null ? null : previous.url(),
        situation.stable().map(view -> view.ready().size()).orElse(0) + "/" + situation.replicas(),
        active.size(),
        (int) active.stream().filter(Pods::podReady).count(),
        Labels.selectorText(name),
        situation.stable().map(RevisionView::status).orElse(null),
        situation.candidate().map(RevisionView::status).orElse(null),
        ConditionsOf.situation(situation, conditions));
  }

  private static Situation situation(Observation observation, Conditions conditions) {
    int replicas = Objects.requireNonNullElse(observation.resource().getSpec().replicas(), 1);
    String wanted = observation.wantedRevision();
    Optional<String> stable =
        observation.plan().map(RolloutPlan::serving).or(() -> served(observation));
    Optional<String> candidate =
        observation.plan().isPresent()
            ? observation.plan().flatMap(RolloutPlan::candidate)
            : stable.map(any -> wanted).filter(revision -> !stable.equals(Optional.of(revision)));
    return new Situation(
        replicas,
        stable.map(revision -> RevisionView.of(observation, revision, replicas)),
        candidate.map(revision -> RevisionView.of(observation, revision, replicas)),
        observation.problem(),
        conditions.wasTrue(Conditions.READY));
  }

  /** Without a plan: who served before, or the wanted one where it is the first. */
  private static Optional<String> served(Observation observation) {
    return Optional.ofNullable(observation.resource().getStatus())
        .map(ModelDeploymentStatus::stable)
        .map(ModelDeploymentStatus.RevisionStatus::revision)
        .filter(observation.deployments()::containsKey)
        .or(
            () ->
                Optional.of(observation.wantedRevision())
                    .filter(observation.deployments()::containsKey));
  }
}

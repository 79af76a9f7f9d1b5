package dev.modelyard.operator.status;

import dev.modelyard.api.v1alpha1.Autoscaling;
import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus;
import dev.modelyard.operator.desired.Labels;
import dev.modelyard.operator.desired.Names;
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
        observation.hasService() ? url(observation) : null,
        situation.ready() + "/" + situation.replicas(),
        active.size(),
        (int) active.stream().filter(Pods::podReady).count(),
        Labels.selectorText(name),
        situation.stable().status(),
        situation.candidate().map(RevisionView::status).orElse(null),
        ConditionsOf.situation(situation, conditions));
  }

  private static String url(Observation observation) {
    String name = observation.resource().getMetadata().getName();
    String namespace = observation.resource().getMetadata().getNamespace();
    return observation
        .gatewayUrl()
        .map(gateway -> gateway + "/" + namespace + "/" + name)
        .orElseGet(() -> Names.url(name, namespace));
  }

  private static int least(Observation observation, int replicas) {
    Autoscaling autoscaling = observation.resource().getSpec().autoscaling();
    return autoscaling == null
        ? replicas
        : Math.min(replicas, Math.max(1, Objects.requireNonNullElse(autoscaling.minReplicas(), 1)));
  }

  private static Situation situation(Observation observation, Conditions conditions) {
    int replicas = Objects.requireNonNullElse(observation.resource().getSpec().replicas(), 1);
    return new Situation(
        replicas,
        least(observation, replicas),
        RevisionView.of(observation, observation.plan().serving(), replicas),
        observation
            .plan()
            .candidate()
            .map(revision -> RevisionView.of(observation, revision, replicas)),
        observation.problem(),
        observation.hasService(),
        Optional.ofNullable(observation.resource().getSpec().autoscaling())
            .map(any -> observation.autoscaling()),
        conditions.wasTrue(Conditions.READY));
  }
}

package dev.modelyard.operator.dependent;

import static java.util.stream.Collectors.toMap;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.desired.Labels;
import dev.modelyard.operator.desired.Revision;
import dev.modelyard.operator.desired.RuntimeDefaults;
import dev.modelyard.operator.desired.RuntimeDeployment;
import dev.modelyard.operator.desired.RuntimeDisruptionBudget;
import dev.modelyard.operator.desired.RuntimeService;
import dev.modelyard.operator.rollout.Deployments;
import dev.modelyard.operator.rollout.RolloutPlan;
import dev.modelyard.operator.status.Observation.Problem;
import dev.modelyard.operator.status.Reason;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes the cluster what a plan says, in the order that loses no request: who serves, then how many
 * run, then what goes. What already is as planned is not written.
 */
public final class Actuator {
  private final RuntimeDefaults defaults;

  public Actuator(RuntimeDefaults defaults) {
    this.defaults = defaults;
  }

  /**
   * @param wanted the revision that the spec asks for, the only one that may have to be made
   * @return what keeps it from being done: an object of that name that is not ours, or that the API
   *     server refuses what the spec asks for
   * @throws NamespaceTerminatingException where all of it is about to go
   */
  public Optional<Problem> act(
      RolloutPlan plan,
      Revision wanted,
      ModelDeployment owner,
      ClusterState state,
      Context<ModelDeployment> context) {
    try {
      return take(plan, wanted, owner, state, context);
    } catch (RefusedException e) {
      return Optional.of(e.problem());
    } catch (IllegalArgumentException e) {
      return Optional.of(new Problem(Reason.InvalidConfiguration, e.getMessage()));
    }
  }

  private Optional<Problem> take(
      RolloutPlan plan,
      Revision wanted,
      ModelDeployment owner,
      ClusterState state,
      Context<ModelDeployment> context) {
    OwnedWriter writer = new OwnedWriter(owner, context);
    Steps steps = new Steps();
    steps.take(() -> service(plan, owner, state, writer));
    // What is there comes first: the refusal of something new must not hold up what serves.
    plan.replicas()
        .forEach(
            (revision, replicas) -> steps.take(() -> scale(revision, replicas, state, writer)));
    plan.delete().stream()
        .map(state.deployments()::get)
        .filter(Objects::nonNull)
        .forEach(gone -> steps.take(() -> writer.delete(gone)));
    try {
      plan.replicas()
          .forEach(
              (revision, replicas) ->
                  steps.take(() -> make(revision, replicas, wanted, owner, state, writer)));
    } finally {
      steps.take(() -> budgets(plan, owner, state, writer));
    }
    return steps.problem();
  }

  /** Steps that do not need each other: one that the operator has no right to holds up no other. */
  private static final class Steps {
    private Problem first;

    void take(Runnable step) {
      try {
        step.run();
      } catch (RefusedException e) {
        if (!e.lacksRight()) {
          throw e;
        }
        first = first == null ? e.problem() : first;
      }
    }

    Optional<Problem> problem() {
      return Optional.ofNullable(first);
    }
  }

  private void service(
      RolloutPlan plan, ModelDeployment owner, ClusterState state, OwnedWriter writer) {
    Service desired = RuntimeService.desired(owner, plan.serving());
    if (state.service().isEmpty()) {
      writer.create(Service.class, desired);
    } else {
      writer.update(Service.class, state.service().get(), desired);
    }
  }

  /** A Deployment's template is never touched: a newer operator must not restart a model. */
  private void scale(String revision, int replicas, ClusterState state, OwnedWriter writer) {
    Deployment existing = state.deployments().get(revision);
    if (existing == null) {
      return;
    }
    Map<String, Object> patch = new TreeMap<>();
    Map<String, Object> spec = new TreeMap<>();
    if (ClusterState.replicas(existing) != replicas) {
      spec.put("replicas", replicas);
    }
    if (!RuntimeDeployment.strategy().equals(existing.getSpec().getStrategy())) {
      // Made by an older operator, or changed by hand. It is no part of the template: nothing
      // restarts.
      spec.put("strategy", RuntimeDeployment.strategy());
    }
    if (!spec.isEmpty()) {
      patch.put("spec", spec);
    }
    if (Deployments.madeAtZero(existing) && state.everReady(revision)) {
      patch.put(
          "metadata", Map.of("annotations", Collections.singletonMap(Labels.MADE_AT_ZERO, null)));
    }
    if (!patch.isEmpty()) {
      writer.patch(Deployment.class, existing, patch);
    }
  }

  private void make(
      String revision,
      int replicas,
      Revision wanted,
      ModelDeployment owner,
      ClusterState state,
      OwnedWriter writer) {
    if (state.deployments().containsKey(revision)) {
      return;
    }
    if (!revision.equals(wanted.id())) {
      throw new IllegalStateException(
          "The plan wants revision " + revision + ", which is gone; the spec is " + wanted.id());
    }
    writer.create(Deployment.class, RuntimeDeployment.desired(owner, wanted, replicas, defaults));
  }

  /** A budget for each revision that lives on, and no other. */
  private void budgets(
      RolloutPlan plan, ModelDeployment owner, ClusterState state, OwnedWriter writer) {
    Integer replicas = owner.getSpec().replicas();
    Set<String> guarded = replicas == null || replicas <= 1 ? Set.of() : plan.replicas().keySet();
    Map<String, PodDisruptionBudget> desired =
        guarded.stream()
            .map(revision -> RuntimeDisruptionBudget.desired(owner, revision))
            .collect(toMap(budget -> budget.getMetadata().getName(), budget -> budget));
    state.budgets().values().stream()
        .filter(budget -> !desired.containsKey(budget.getMetadata().getName()))
        .forEach(writer::delete);
    desired.forEach(
        (name, budget) -> {
          if (state.budgets().containsKey(name)) {
            writer.update(PodDisruptionBudget.class, state.budgets().get(name), budget);
          } else {
            writer.create(PodDisruptionBudget.class, budget);
          }
        });
  }
}

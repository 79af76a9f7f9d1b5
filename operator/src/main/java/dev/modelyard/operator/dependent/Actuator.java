package dev.modelyard.operator.dependent;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.desired.Revision;
import dev.modelyard.operator.desired.RuntimeDefaults;
import dev.modelyard.operator.desired.RuntimeDeployment;
import dev.modelyard.operator.desired.RuntimeDisruptionBudget;
import dev.modelyard.operator.desired.RuntimeService;
import dev.modelyard.operator.rollout.RolloutPlan;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.util.Map;
import java.util.Objects;

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
   * @throws NamespaceTerminatingException where all of it is about to go
   * @throws RefusedException where an object of that name is not ours, or the API server refuses
   *     what the spec asks for
   */
  public void act(
      RolloutPlan plan,
      Revision wanted,
      ModelDeployment owner,
      ClusterState state,
      Context<ModelDeployment> context) {
    OwnedWriter writer = new OwnedWriter(owner, context);
    service(plan, owner, state, writer);
    // What is there comes first: the refusal of something new must not hold up what serves.
    plan.replicas().forEach((revision, replicas) -> scale(revision, replicas, state, writer));
    plan.delete().stream()
        .map(state.deployments()::get)
        .filter(Objects::nonNull)
        .forEach(writer::delete);
    try {
      plan.replicas()
          .forEach((revision, replicas) -> make(revision, replicas, wanted, owner, state, writer));
    } finally {
      budget(plan, owner, state, writer);
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
    if (existing != null && ClusterState.replicas(existing) != replicas) {
      writer.patch(Deployment.class, existing, Map.of("spec", Map.of("replicas", replicas)));
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

  private void budget(
      RolloutPlan plan, ModelDeployment owner, ClusterState state, OwnedWriter writer) {
    Integer replicas = owner.getSpec().replicas();
    if (replicas == null || replicas <= 1) {
      state.budget().ifPresent(writer::delete);
      return;
    }
    PodDisruptionBudget desired = RuntimeDisruptionBudget.desired(owner, plan.serving());
    if (state.budget().isEmpty()) {
      writer.create(PodDisruptionBudget.class, desired);
    } else {
      writer.update(PodDisruptionBudget.class, state.budget().get(), desired);
    }
  }
}

package dev.modelyard.operator.desired;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;

/**
 * Lets a node drain take one pod of a revision at a time. Exists while more than one replica is
 * wanted, from the revision's start: a drain that met the pods of a candidate unguarded could take
 * all of them at the moment when the Service begins to select them.
 */
public final class RuntimeDisruptionBudget {
  private RuntimeDisruptionBudget() {}

  public static PodDisruptionBudget desired(ModelDeployment owner, String revision) {
    String name = owner.getMetadata().getName();
    return new PodDisruptionBudgetBuilder()
        .withMetadata(
            Owners.metadata(owner, Names.disruptionBudget(name, revision))
                .withLabels(Labels.of(name, revision))
                .build())
        .withNewSpec()
        .withMaxUnavailable(new IntOrString(1))
        .withNewSelector()
        .withMatchLabels(Labels.selector(name, revision))
        .endSelector()
        // A pod that does not serve anyway must not hold up a node drain.
        .withUnhealthyPodEvictionPolicy("AlwaysAllow")
        .endSpec()
        .build();
  }
}

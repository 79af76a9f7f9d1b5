package dev.modelyard.operator.desired;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;

/**
 * Lets a node drain take one serving pod at a time. Exists while more than one replica is wanted.
 */
public final class RuntimeDisruptionBudget {
  private RuntimeDisruptionBudget() {}

  public static PodDisruptionBudget desired(ModelDeployment owner, String servingRevision) {
    throw new UnsupportedOperationException();
  }
}

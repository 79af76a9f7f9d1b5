package dev.modelyard.operator.autoscaling;

import dev.modelyard.api.v1alpha1.ModelDeployment;

/** Tells of changes of the number of replicas. */
public interface ScaleEvents {
  /**
   * @param change the change, with the figures that it came from, in one line
   */
  void scaled(ModelDeployment resource, String change);
}

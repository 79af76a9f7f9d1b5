package dev.modelyard.operator.desired;

import dev.modelyard.api.v1alpha1.ModelDeploymentSpec;

/**
 * One immutable version of what a pod needs.
 *
 * @param id 10-character hash of the template
 * @param template the spec without {@code replicas}
 */
public record Revision(String id, ModelDeploymentSpec template) {
  /** The revision that a spec asks for. Equal specs, replicas aside, give equal ids. */
  public static Revision of(ModelDeploymentSpec spec) {
    throw new UnsupportedOperationException();
  }
}

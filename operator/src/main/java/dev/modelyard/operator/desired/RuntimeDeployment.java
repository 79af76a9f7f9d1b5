package dev.modelyard.operator.desired;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.api.model.apps.Deployment;

/** The Deployment of one revision. */
public final class RuntimeDeployment {
  private RuntimeDeployment() {}

  /** The Deployment as it is made. Afterwards only its replicas change, never its template. */
  public static Deployment desired(
      ModelDeployment owner, Revision revision, int replicas, RuntimeDefaults defaults) {
    throw new UnsupportedOperationException();
  }
}

package dev.modelyard.operator.desired;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.api.model.Service;

/**
 * The Service that selects the revision that serves: port 80 (http) to the pods' inference port.
 */
public final class RuntimeService {
  private RuntimeService() {}

  public static Service desired(ModelDeployment owner, String servingRevision) {
    throw new UnsupportedOperationException();
  }
}

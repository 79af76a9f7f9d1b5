package dev.modelyard.operator.status;

import dev.modelyard.api.v1alpha1.ModelDeploymentStatus;
import java.time.Instant;

/**
 * Calculates the status from live pods. Equal observations give equal statuses, whatever the time.
 */
public final class StatusCalculator {
  private StatusCalculator() {}

  /**
   * @param now becomes the lastTransitionTime of conditions whose status changed, nothing else
   */
  public static ModelDeploymentStatus calculate(Observation observation, Instant now) {
    throw new UnsupportedOperationException();
  }
}

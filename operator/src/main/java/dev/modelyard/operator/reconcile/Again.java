package dev.modelyard.operator.reconcile;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.status.Observation.Problem;
import dev.modelyard.operator.status.Reason;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * When a reconcile that went well is repeated though nothing was reported: events of the operator's
 * own writes start none, so what follows from them is asked for.
 */
final class Again {
  private Again() {}

  /**
   * @param written the resource as the API server had it when its status was written: with another
   *     generation where its spec changed meanwhile
   * @param servingChanged the Service was flipped: the former revision can go now
   */
  static UpdateControl<ModelDeployment> after(
      ModelDeployment resource,
      Optional<ModelDeployment> written,
      Optional<Problem> problem,
      boolean servingChanged) {
    UpdateControl<ModelDeployment> control = UpdateControl.noUpdate();
    boolean specChanged =
        written.filter(now -> !Objects.equals(generation(now), generation(resource))).isPresent();
    if (specChanged || servingChanged) {
      return control.rescheduleAfter(Duration.ZERO);
    }
    return problem
        .map(
            found ->
                control.rescheduleAfter(
                    found.reason() == Reason.ReconcileFailed
                        ? ReconcileErrors.FAILED_AGAIN
                        : ReconcileErrors.REFUSED_AGAIN))
        .orElse(control);
  }

  private static Long generation(ModelDeployment resource) {
    return resource.getMetadata().getGeneration();
  }
}

package dev.modelyard.operator.status;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.rollout.RolloutPlan;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that the status is calculated from.
 *
 * @param plan what was decided in this reconcile
 * @param wantedRevision what the spec asks for now
 * @param hasService whether the Service exists and is this ModelDeployment's, and no one else's
 * @param deployments by revision, as the cluster has them
 * @param pods by revision, live ones (a pod that is being deleted included)
 * @param runtimes what the pods say of themselves, by pod UID; a pod that was not asked or did not
 *     answer is absent
 * @param autoscaling what the autoscaler says; empty while it has not seen the load yet
 * @param gatewayUrl where the gateways answer; empty where there are none
 * @param problem what keeps the operator from acting: a name conflict, an object the API server
 *     refuses
 */
public record Observation(
    ModelDeployment resource,
    RolloutPlan plan,
    String wantedRevision,
    boolean hasService,
    Map<String, Deployment> deployments,
    Map<String, List<Pod>> pods,
    Map<String, RuntimeStatus> runtimes,
    Optional<AutoscalingReport> autoscaling,
    Optional<String> gatewayUrl,
    Optional<Problem> problem) {

  /** A condition reason, and a message with the cause, without a next step. */
  public record Problem(Reason reason, String message) {}
}

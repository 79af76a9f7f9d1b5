package dev.modelyard.operator.status;

/**
 * The closed set of condition reasons; docs/conditions.md explains each, and a test keeps the two
 * in step.
 */
public enum Reason {
  Ready,
  ScaledToZero,
  Unschedulable(
      "Free or add a node that fits, or change spec.gpu, spec.resources or spec.placement."),
  ImagePullFailed("Check spec.runtime.image and spec.runtime.imagePullSecrets."),
  Starting,
  ModelDownloading,
  ModelLoading,
  ModelLoaded,
  SourceNotFound("Correct spec.model.uri, or put the file there."),
  SourceForbidden("Allow the access at the source, or choose another spec.model.uri."),
  SourceUnavailable("It is tried again; check that the pods can reach the host of spec.model.uri."),
  SourceTooLarge("Serve a smaller model, or raise the operator's size of the model cache."),
  ArchiveInvalid(
      "Pack the model's folder again as .zip or .tar.gz, with no links and no paths that leave it."),
  DigestMismatch(
      "If the file is the one you mean, set spec.model.digest to its digest; otherwise find out who changed it."),
  InvalidConfiguration("Correct the field or the variable that the message names."),
  ModelLoadFailed("Check that the file at spec.model.uri is a model of spec.model.engine."),
  WarmUpFailed("Check that the model answers with finite numbers, and export it again."),
  LoadTimeout("Raise spec.model.loadTimeout, or put the model nearer to the cluster."),
  OutOfMemory(
      "Raise spec.resources.limits.memory, or lower spec.serving.batching.maxSize or spec.serving.workers."),
  CrashLooping("Read its last words with kubectl logs --previous."),
  Evicted(
      "Another pod takes its place; if it happens again, raise spec.resources.requests to what the pod uses."),
  NodeNotReady(
      "Look at the node; another pod takes the place of the one on it after some minutes, or at once when you delete that."),
  QuotaExceeded(
      "Raise the namespace's ResourceQuota, or lower spec.replicas, spec.gpu or spec.resources."),
  InvalidPod("Change what the message names in spec.placement, spec.resources or spec.runtime."),
  NameConflict("Rename this ModelDeployment, or delete the object that has its name."),
  NotEnoughReplicas,
  RollingOut,
  RolloutFailed("Correct the spec, or apply the former one to go back."),
  RolloutComplete,
  Scaling,
  Scheduled,
  Autoscaling,
  AtMaxReplicas(
      "Raise spec.autoscaling.maxReplicas, or let a replica take more in spec.autoscaling.target."),
  StartsOverdue("Look at the conditions Ready and Scheduled: they say what keeps the replicas."),
  NoGateway("Install the chart's gateway, or set spec.autoscaling.minReplicas to 1."),
  SignalMissing("Check that the operator can reach the pods' and the gateways' port 9000."),
  SignalInvalid("Look at what the pods answer at :9000/status, and tell us of it."),
  SignalStale("Check that the operator can reach the pods' and the gateways' port 9000."),
  ExternalAutoscaler("Delete it, or remove spec.autoscaling."),
  ScaleFailed("It is tried again; check that the operator may update modeldeployments/scale."),
  ReconcileFailed(
      "It is tried again; if it lasts, read the operator's log and check that the API server answers.");

  private final String nextStep;

  Reason() {
    this("");
  }

  Reason(String nextStep) {
    this.nextStep = nextStep;
  }

  /** What the user can do about it; empty where nothing needs to be done. */
  public String nextStep() {
    return nextStep;
  }
}

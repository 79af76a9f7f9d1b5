package dev.modelyard.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;

/** What the operator saw, from live pods. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ModelDeploymentStatus(
    @JsonPropertyDescription("The metadata.generation that this status is about.")
        Long observedGeneration,
    @JsonPropertyDescription("One word for people; programs read the conditions.") Phase phase,
    @JsonPropertyDescription(
            "Where the model answers inside the cluster: at the gateway, or at its Service where there is none.")
        String url,
    @JsonPropertyDescription("Ready and wanted replicas, such as 2/2.") String ready,
    @StatusReplicas @JsonPropertyDescription("Pods of all live revisions.") Integer replicas,
    @JsonPropertyDescription("Pods of all live revisions that are Ready.") Integer readyReplicas,
    @LabelSelector
        @JsonPropertyDescription("Label selector of the pods, for the scale subresource.")
        String selector,
    @JsonPropertyDescription("The revision that serves.") RevisionStatus stable,
    @JsonPropertyDescription("The revision that is being rolled out.") RevisionStatus candidate,
    @JsonPropertyDescription(
            "Ready, Progressing, Scheduled, ModelLoaded and, where spec.autoscaling is set, AutoscalingActive, each with"
                + " reason and message.")
        List<Condition> conditions) {

  /** One word for people. */
  public enum Phase {
    /** No pod runs yet: it waits for a node, a quota or its image. */
    Pending,
    /** The first revision downloads, loads or warms up. */
    Loading,
    /** As many replicas serve as are wanted. */
    Ready,
    /** One revision serves, another is being rolled out. */
    RollingOut,
    /**
     * Fewer replicas serve than are wanted, or a rollout failed while the former revision serves.
     */
    Degraded,
    /** No replica is wanted. */
    ScaledToZero,
    /** Nothing serves, and it will not without a change. */
    Failed
  }

  /** One live revision. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record RevisionStatus(
      @JsonPropertyDescription("Name of the revision: a hash of its part of the spec.")
          String revision,
      @JsonPropertyDescription("Pods that exist.") Integer replicas,
      @JsonPropertyDescription("Pods that are Ready.") Integer readyReplicas,
      @JsonPropertyDescription("What the runtime loaded.") LoadedModel model,
      @JsonPropertyDescription("What the last start of a replica took.") ColdStart coldStart,
      @JsonPropertyDescription("How far the replica is that will be Ready first.")
          Progress progress) {}

  /** What the runtime loaded. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record LoadedModel(
      @JsonPropertyDescription("sha256:… of the model's files.") String digest,
      @JsonPropertyDescription("Size of the model's files in bytes.") Long sizeBytes,
      @JsonPropertyDescription("DJL's name of the engine.") String engine,
      @JsonPropertyDescription("What computes: cpu, or gpu:0.") String device,
      @JsonPropertyDescription(
              "Whether requests are computed together: Proven from the graph, Declared by the spec, or Off and what"
                  + " stands in the way.")
          String batching) {}

  /** Durations such as 1.25s. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ColdStart(
      @JsonPropertyDescription("Download and verification.") String download,
      @JsonPropertyDescription("Loading into the engine.") String load,
      @JsonPropertyDescription("The first prediction.") String warmUp,
      @JsonPropertyDescription("From the pod's creation to Ready.") String total) {}

  /** How far a replica is. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Progress(
      @JsonPropertyDescription(
              "What the replica does: Starting, Downloading, Verifying, Loading or WarmingUp.")
          String state,
      @JsonPropertyDescription("Bytes done.") Long done,
      @JsonPropertyDescription("Bytes in all, where known.") Long total) {}
}

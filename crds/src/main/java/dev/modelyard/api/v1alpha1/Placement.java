package dev.modelyard.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import java.util.List;
import java.util.Map;

/** Which nodes the replicas may run on, as in a PodSpec. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Placement(
    @JsonPropertyDescription("Labels that a node must have.") Map<String, String> nodeSelector,
    @Size(max = 64)
        @JsonPropertyDescription(
            "Taints that are tolerated, beside the GPU resource's own, which always is with spec.gpu.")
        List<Toleration> tolerations,
    @JsonPropertyDescription(
            "Affinity, as in a PodSpec. What spec.gpu asks of a node is required besides.")
        Affinity affinity,
    @Size(max = 16)
        @JsonPropertyDescription(
            "Topology spread constraints, as in a PodSpec. Without a labelSelector they count the pods of the"
                + " revision.")
        List<TopologySpreadConstraint> topologySpreadConstraints,
    @JsonPropertyDescription("PriorityClass of the pods.") String priorityClassName,
    @JsonPropertyDescription("RuntimeClass of the pods, such as nvidia.") String runtimeClassName,
    @JsonPropertyDescription("Scheduler of the pods. The cluster's default when absent.")
        String schedulerName) {}

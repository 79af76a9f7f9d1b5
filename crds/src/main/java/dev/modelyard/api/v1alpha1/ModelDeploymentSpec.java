package dev.modelyard.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;

/**
 * What the user wants. Everything but {@code replicas} and {@code autoscaling} makes a revision: a
 * change of it starts a rollout.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ModelDeploymentSpec(
    @Required @JsonPropertyDescription("The model that is served.") Model model,
    @JsonPropertyDescription("How requests are queued, batched and computed.") Serving serving,
    @JsonPropertyDescription("GPUs of each replica. Without it the model is computed on the CPU.")
        Gpu gpu,
    @JsonPropertyDescription(
            "CPU, memory and ephemeral storage of each replica. GPUs are asked for in spec.gpu.")
        Resources resources,
    @JsonPropertyDescription("Which nodes the replicas may run on.") Placement placement,
    @JsonPropertyDescription("The runtime server: its image and what is added to its pods.")
        Runtime runtime,
    @SpecReplicas
        // Not the operator's alone: the scale subresource, and so an HPA, fails on an absent value.
        @Default("1")
        @Min(0)
        @Max(1000)
        @JsonPropertyDescription(
            "How many replicas serve. Written by whoever scales, through the scale subresource; leave it out of"
                + " Git where something scales. 1 when absent.")
        Integer replicas,
    @JsonPropertyDescription(
            "Replicas follow the load: the operator writes spec.replicas. Absent, it never touches them.")
        Autoscaling autoscaling) {}

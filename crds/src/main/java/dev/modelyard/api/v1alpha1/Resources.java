package dev.modelyard.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/** Compute resources of each replica's container. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Resources(
    @Size(max = 16)
        @ValidationRule(
            value = "self.all(name, !name.contains('/'))",
            message = "extended resources do not belong here: ask for GPUs in spec.gpu")
        @JsonPropertyDescription(
            "What is reserved for each replica: cpu, memory, ephemeral-storage.")
        Map<String, Quantity> requests,
    @Size(max = 16)
        @ValidationRule(
            value = "self.all(name, !name.contains('/'))",
            message = "extended resources do not belong here: ask for GPUs in spec.gpu")
        @JsonPropertyDescription(
            "What each replica may use at most. The engine's threads are sized from the cpu limit.")
        Map<String, Quantity> limits) {}

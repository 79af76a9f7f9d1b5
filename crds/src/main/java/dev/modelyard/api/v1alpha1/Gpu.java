package dev.modelyard.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;

/** GPUs of each replica. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!has(self.partition) || !has(self.resource) || self.resource == 'nvidia.com/gpu'",
    message =
        "partition names the resource by itself (1g.10gb is nvidia.com/mig-1g.10gb): leave resource out, or leave"
            + " partition out")
@ValidationRule(
    value =
        "!(has(self.products) || has(self.minMemory)) || !has(self.resource) || self.resource == 'nvidia.com/gpu'",
    message =
        "products and minMemory are matched with NVIDIA GPU feature discovery's node labels: with another resource"
            + " choose nodes in spec.placement")
public record Gpu(
    @Required
        @Min(1)
        @Max(64)
        @JsonPropertyDescription("How many GPUs, or partitions of one, each replica gets.")
        Integer count,
    @Size(min = 1, max = 253)
        @ValidationRule(
            value =
                "self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$')",
            message =
                "resource must be an extended resource <domain>/<name>, such as nvidia.com/gpu")
        @JsonPropertyDescription(
            "The extended resource that a device plugin offers. nvidia.com/gpu when absent.")
        String resource,
    @Size(max = 32)
        @JsonPropertyDescription(
            "Products that will do, as GPU feature discovery names them in the node label nvidia.com/gpu.product,"
                + " such as NVIDIA-H200. Any when absent.")
        List<String> products,
    @ValidationRule(
            value =
                "type(self) == int ? self > 0 : isQuantity(self) && quantity(self).isGreaterThan(quantity('0'))",
            message = "minMemory must be a positive quantity, such as 40Gi")
        @JsonPropertyDescription(
            "Least memory of one GPU (or of one partition), such as 40Gi, by GPU feature discovery's node label"
                + " nvidia.com/gpu.memory.")
        Quantity minMemory,
    @Size(max = 32)
        @ValidationRule(
            value = "self.matches('^[0-9]+g[.][0-9]+gb([+]me([.]all)?)?$')",
            message = "partition must be a MIG profile, such as 1g.10gb")
        @JsonPropertyDescription(
            "MIG profile, such as 1g.10gb: each replica gets count partitions nvidia.com/mig-<profile> instead of"
                + " whole GPUs. Needs the device plugin's mixed MIG strategy.")
        String partition) {}

package dev.modelyard.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;

/** How the replicas follow the load. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "(has(self.minReplicas) ? self.minReplicas : 1) <= self.maxReplicas",
    message = "minReplicas (1 when absent) must not be above maxReplicas")
@ValidationRule(
    value = "!has(self.scaleToZeroAfter) || has(self.minReplicas) && self.minReplicas == 0",
    message = "scaleToZeroAfter needs minReplicas: 0; with more the model never goes to zero")
public record Autoscaling(
    @Min(0)
        @Max(1000)
        @JsonPropertyDescription(
            "Fewest replicas. 0 lets a model that nobody asks go to zero; the gateway holds the request that wakes"
                + " it. 1 when absent.")
        Integer minReplicas,
    @Required @Min(1) @Max(1000) @JsonPropertyDescription("Most replicas.") Integer maxReplicas,
    @JsonPropertyDescription(
            "How much load one replica should have. Absent: inFlightPerReplica of serving.batching.maxSize times"
                + " serving.workers, which is what a replica computes at the same time.")
        Target target,
    @ValidationRule(
            value = "duration(self) >= duration('1s') && duration(self) <= duration('168h')",
            message = "scaleToZeroAfter must be from 1s to 168h, such as 5m")
        @Size(max = 32)
        @JsonPropertyDescription(
            "How long nobody must have asked before the last replica goes; with minReplicas 0. 5m when absent.")
        String scaleToZeroAfter,
    @ValidationRule(
            value = "duration(self) >= duration('0s') && duration(self) <= duration('24h')",
            message = "scaleDownDelay must be from 0s to 24h, such as 1m")
        @Size(max = 32)
        @JsonPropertyDescription(
            "How long fewer replicas must have been enough, at least, before replicas go. Those that are slow to start"
                + " are kept for two starts, and longer where they were missed soon after; up to 5m. 1m when"
                + " absent.")
        String scaleDownDelay) {

  /** How much load one replica should have. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value =
          "[has(self.inFlightPerReplica), has(self.requestsPerSecond), has(self.queueTime)].filter(one, one).size()"
              + " == 1",
      message =
          "target must have exactly one of inFlightPerReplica, requestsPerSecond and queueTime")
  public record Target(
      @Min(1)
          @Max(1000000)
          @JsonPropertyDescription(
              "Requests of one replica that are computed, queued, or held for it at the gateway.")
          Integer inFlightPerReplica,
      @ValidationRule(
              value =
                  "type(self) == int ? self > 0 : isQuantity(self) && quantity(self).isGreaterThan(quantity('0'))",
              message = "requestsPerSecond must be a positive quantity, such as 50 or 500m")
          @JsonPropertyDescription(
              "Requests that one replica gets in a second, such as 50, or 500m for one every two seconds.")
          Quantity requestsPerSecond,
      @ValidationRule(
              value = "duration(self) >= duration('1ms') && duration(self) <= duration('1h')",
              message = "queueTime must be from 1ms to 1h, such as 100ms")
          @Size(max = 32)
          @JsonPropertyDescription(
              "How long a request should wait, queued or held, before it is computed.")
          String queueTime) {}
}

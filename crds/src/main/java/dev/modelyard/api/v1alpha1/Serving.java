package dev.modelyard.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How one replica queues, batches and computes requests. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "!has(self.batching) || !has(self.batching.maxDelay) || duration(self.batching.maxDelay) <"
            + " duration(has(self.requestTimeout) ? self.requestTimeout : '30s')",
    message =
        "batching.maxDelay must be shorter than requestTimeout (30s when absent): a lone request would always wait too long")
public record Serving(
    @JsonPropertyDescription("How requests are computed together.") Batching batching,
    @Min(1)
        @Max(1000000)
        @JsonPropertyDescription(
            "Most requests that wait in one replica; one more is answered 429 with Retry-After. 1000 when absent.")
        Integer queueCapacity,
    @ValidationRule(
            value = "duration(self) >= duration('1ms') && duration(self) <= duration('1h')",
            message = "requestTimeout must be from 1ms to 1h, such as 30s")
        @Size(max = 32)
        @JsonPropertyDescription(
            "From a request's arrival to its answer; one that takes longer is answered 504. 30s when absent.")
        String requestTimeout,
    @Min(1)
        @Max(64)
        @JsonPropertyDescription(
            "Threads of one replica, each with a predictor of its own. 1 when absent.")
        Integer workers) {

  /** How requests are computed together. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value =
          "!has(self.mode) || self.mode != 'Off' || (!has(self.maxSize) || self.maxSize == 1) && !has(self.maxDelay)",
      message =
          "with mode Off nothing is computed together: leave maxSize and maxDelay out, or write mode: Auto")
  public record Batching(
      @JsonPropertyDescription(
              "Who decides whether requests are computed together. Auto: the model's graph, only where every operator"
                  + " keeps rows apart. Declared: you, for a graph of which that is not proven; a wrong declaration"
                  + " gives wrong answers. Off, in quotes as it is a boolean in YAML: each request is computed"
                  + " alone. Auto when absent.")
          Mode mode,
      @Min(1) @Max(4096) @JsonPropertyDescription("Most rows computed together. 32 when absent.")
          Integer maxSize,
      @ValidationRule(
              value = "duration(self) >= duration('0s') && duration(self) <= duration('10s')",
              message = "maxDelay must be from 0ms to 10s, such as 5ms")
          @Size(max = 32)
          @JsonPropertyDescription(
              "How long a batch that is not full waits for more. 0ms when absent: what is waiting is computed at"
                  + " once.")
          String maxDelay) {

    /** Who decides whether requests are computed together. */
    public enum Mode {
      /** The model's graph. */
      Auto,
      /** The user. */
      Declared,
      /** Nobody: each request is computed alone. */
      Off
    }
  }
}

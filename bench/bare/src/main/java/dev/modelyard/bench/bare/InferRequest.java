package dev.modelyard.bench.bare;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** A request of the Open Inference Protocol v2 for a model with one FP32 input; data is flat. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record InferRequest(String id, List<Input> inputs, Parameters parameters) {
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Input(
      String name, long[] shape, String datatype, float[] data, Parameters parameters) {}

  /** Of the binary tensor data extension. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Parameters(
      @JsonProperty("binary_data_size") int binaryDataSize,
      @JsonProperty("binary_data_output") boolean binaryDataOutput) {}
}

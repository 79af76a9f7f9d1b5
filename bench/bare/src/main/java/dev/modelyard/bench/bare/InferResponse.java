package dev.modelyard.bench.bare;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * An answer of the Open Inference Protocol v2.
 *
 * @param id as in the request; null where it has none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record InferResponse(
    @JsonProperty("model_name") String modelName,
    @JsonProperty("model_version") String modelVersion,
    String id,
    List<Output> outputs) {

  /**
   * @param data {@code float[]} or {@code long[]}; null where it follows the JSON
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Output(
      String name, String datatype, long[] shape, Object data, Parameters parameters) {}

  /** Of the binary tensor data extension. */
  public record Parameters(@JsonProperty("binary_data_size") int binaryDataSize) {}
}

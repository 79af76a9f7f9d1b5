package dev.modelyard.operator.status;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * What a runtime pod says of itself on {@code GET :9000/status}; see docs/contract. Absent fields
 * are null. Unknown ones are ignored: a runtime may be newer than the operator.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record RuntimeStatus(
    String state,
    String revision,
    Model model,
    Progress progress,
    Timings timings,
    Load load,
    Failure failure) {
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Model(
      String uri, String digest, Long sizeBytes, String engine, String device, String batching) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Progress(Long done, Long total) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Timings(Long downloadMillis, Long loadMillis, Long warmUpMillis) {}

  /**
   * In flight and queued are gauges; completed, rejected and failed count since the runtime's
   * start.
   *
   * @param inFlightMillis milliseconds since start that requests were computed, summed over them
   * @param queuedMillis milliseconds since start that requests waited, summed over them
   * @param idleMillis how long there has been no request. This and the former two are null where
   *     the runtime is of a version that does not tell
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Load(
      int inFlight,
      int queued,
      long completed,
      long rejected,
      long failed,
      Long inFlightMillis,
      Long queuedMillis,
      Long idleMillis) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Failure(String reason, String message) {}
}

package dev.modelyard.operator.status;

/**
 * What a runtime pod says of itself on {@code GET :9000/status}; see docs/contract. Absent fields
 * are null.
 */
public record RuntimeStatus(
    String state,
    String revision,
    Model model,
    Progress progress,
    Timings timings,
    Load load,
    Failure failure) {
  public record Model(String uri, String digest, Long sizeBytes, String engine, String device) {}

  public record Progress(Long done, Long total) {}

  public record Timings(Long downloadMillis, Long loadMillis, Long warmUpMillis) {}

  public record Load(int inFlight, int queued, long completed, long rejected, long failed) {}

  public record Failure(String reason, String message) {}
}

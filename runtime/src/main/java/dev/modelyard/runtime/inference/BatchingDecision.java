package dev.modelyard.runtime.inference;

/**
 * Whether requests to a model may be computed together, and why.
 *
 * @param reason what stands in the way, such as {@code ReduceMax over axis 0 (node 'max')}; empty
 *     unless {@link Kind#OFF}
 */
public record BatchingDecision(Kind kind, String reason) {
  /** What the decision rests on. */
  public enum Kind {
    /** Every operator of the graph keeps a row's result a function of that row alone. */
    PROVEN,
    /** The user says that rows are independent. */
    DECLARED,
    /** Each request is computed alone. */
    OFF
  }

  public static BatchingDecision proven() {
    return new BatchingDecision(Kind.PROVEN, "");
  }

  public static BatchingDecision declared() {
    return new BatchingDecision(Kind.DECLARED, "");
  }

  /**
   * @param reason what stands in the way, without a full stop
   */
  public static BatchingDecision off(String reason) {
    return new BatchingDecision(Kind.OFF, reason);
  }

  /** {@code Proven}, {@code Declared}, or {@code Off: } and the reason; a part of the contract. */
  @Override
  public String toString() {
    return switch (kind) {
      case PROVEN -> "Proven";
      case DECLARED -> "Declared";
      case OFF -> "Off: " + reason;
    };
  }
}

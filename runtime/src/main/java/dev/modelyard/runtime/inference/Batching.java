package dev.modelyard.runtime.inference;

import dev.modelyard.runtime.inference.BatchingDecision.Kind;
import java.util.List;

/** Whether requests share batches now. Shared by the workers; once off, it is off for good. */
final class Batching {
  private volatile BatchingDecision decision;

  Batching(BatchingDecision decision) {
    this.decision = decision;
  }

  BatchingDecision decision() {
    return decision;
  }

  boolean on() {
    return decision.kind() != Kind.OFF;
  }

  /** Whether the user's word is all that there is for it. */
  boolean declared() {
    return decision.kind() == Kind.DECLARED;
  }

  /**
   * @return false where another worker has ended it before
   */
  synchronized boolean end(String reason) {
    if (!on()) {
      return false;
    }
    decision = BatchingDecision.off(reason);
    return true;
  }

  /** What the options say, then what the inputs allow, then what the graph proves. */
  static BatchingDecision decide(ServingOptions options, LoadedModel model) {
    return switch (options.batching()) {
      case Off -> BatchingDecision.off("spec.serving.batching.mode is Off");
      case Auto -> where(options, model, model.batching());
      case Declared -> where(options, model, BatchingDecision.declared());
    };
  }

  private static BatchingDecision where(
      ServingOptions options, LoadedModel model, BatchingDecision possible) {
    if (options.maxBatchSize() == 1) {
      return BatchingDecision.off("spec.serving.batching.maxSize is 1");
    }
    for (TensorMetadata input : model.inputs()) {
      List<Long> shape = input.shape();
      if (shape.isEmpty()) {
        return BatchingDecision.off(
            "input '%s' is a single value, without rows".formatted(input.name()));
      }
      if (shape.get(0) >= 0) {
        return BatchingDecision.off(
            "the first dimension of input '%s' is fixed to %d"
                .formatted(input.name(), shape.get(0)));
      }
    }
    return possible;
  }
}

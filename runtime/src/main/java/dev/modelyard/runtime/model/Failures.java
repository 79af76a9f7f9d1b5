package dev.modelyard.runtime.model;

/** Gives every throwable one of the contract's reasons. */
final class Failures {
  private Failures() {}

  /**
   * @param during the state in which it was thrown
   */
  static ModelFailure of(Throwable thrown, ModelState during) {
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      if (each instanceof OutOfMemoryError) {
        String message =
            each.getMessage() + ", while " + during + "; give the pod more memory: limits.memory";
        return new ModelFailure(FailureReason.OutOfMemory, message, thrown);
      }
    }
    if (thrown instanceof ModelFailure failure) {
      return failure;
    }
    FailureReason reason =
        switch (during) {
          case LOADING -> FailureReason.ModelLoadFailed;
          case WARMING_UP -> FailureReason.WarmUpFailed;
          default -> FailureReason.SourceUnavailable;
        };
    return new ModelFailure(reason, thrown.toString(), thrown);
  }
}

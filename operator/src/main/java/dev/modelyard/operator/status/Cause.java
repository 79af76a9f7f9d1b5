package dev.modelyard.operator.status;

import dev.modelyard.operator.status.PodFailures.PodFailure;

/**
 * Why a revision has fewer Ready pods than are wanted.
 *
 * @param message what happened and what to do, as whole sentences
 */
record Cause(Kind kind, Reason reason, String message) {
  /** What becomes of it if nobody does anything, the worst first. */
  enum Kind {
    /** Pods fail. */
    FAILED,
    /** Pods cannot be made, or their image cannot be had. */
    BLOCKED,
    /** Pods wait for a place. */
    WAITING,
    /** Pods are being made. */
    CREATING,
    /** Pods run, and download or load. */
    LOADING
  }

  static Cause of(PodFailure failure) {
    Kind kind =
        switch (failure.reason()) {
          case ImagePullFailed, QuotaExceeded -> Kind.BLOCKED;
          case Unschedulable, Evicted -> Kind.WAITING;
          default -> Kind.FAILED;
        };
    return new Cause(
        kind, failure.reason(), sentence(failure.message()) + " " + failure.reason().nextStep());
  }

  /** A problem's message has its next step already. */
  static Cause of(Observation.Problem problem) {
    Kind kind = problem.reason() == Reason.QuotaExceeded ? Kind.BLOCKED : Kind.FAILED;
    return new Cause(kind, problem.reason(), sentence(problem.message()));
  }

  /** Whether a rollout with this cause has failed, and does not only take its time. */
  boolean ofFailure() {
    return kind == Kind.FAILED || kind == Kind.BLOCKED;
  }

  /** Whether it is only the time that a start takes. */
  boolean ofStart() {
    return kind == Kind.CREATING || kind == Kind.LOADING;
  }

  private static String sentence(String text) {
    return text.matches("(?s).*[.!?…]") ? text : text + ".";
  }
}

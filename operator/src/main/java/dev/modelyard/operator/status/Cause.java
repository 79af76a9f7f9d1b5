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
          case Unschedulable, Evicted, NodeNotReady -> Kind.WAITING;
          default -> Kind.FAILED;
        };
    return of(kind, failure.reason(), failure.message());
  }

  static Cause of(Observation.Problem problem) {
    Kind kind =
        switch (problem.reason()) {
          case QuotaExceeded -> Kind.BLOCKED;
          // No fault of the revision, and tried again.
          case ReconcileFailed -> Kind.WAITING;
          default -> Kind.FAILED;
        };
    return of(kind, problem.reason(), problem.message());
  }

  private static Cause of(Kind kind, Reason reason, String message) {
    return new Cause(kind, reason, sentence(message) + " " + reason.nextStep());
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

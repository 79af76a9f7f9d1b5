package dev.modelyard.operator.status;

import java.util.Optional;

/**
 * What phase and conditions are made of.
 *
 * @param replicas how many the spec asks for
 * @param least how many of them must answer while the others are only starting: fewer where they
 *     follow the load, as it is no trouble then that some are still to come
 * @param stable the revision that serves, or that will where none does
 * @param hasService whether the Service is there and ours, so that the pods can be reached by it
 * @param autoscaling empty where the spec asks for none; in it, what the autoscaler says
 * @param wasReady whether the condition Ready was true before
 */
record Situation(
    int replicas,
    int least,
    RevisionView stable,
    Optional<RevisionView> candidate,
    Optional<Observation.Problem> problem,
    boolean hasService,
    Optional<Optional<AutoscalingReport>> autoscaling,
    boolean wasReady) {
  boolean idle() {
    return replicas == 0 && problem.isEmpty();
  }

  int ready() {
    return stable.ready().size();
  }

  /**
   * Whether the stable revision serves with as many replicas as are wanted. While the Deployment
   * controller catches up with a new number, what was true stays true.
   */
  boolean serves() {
    return hasService && enough() && (wasReady || stable.current());
  }

  /** Whether it answers as it should, and more replicas are on their way. */
  boolean grows() {
    return hasService && !enough() && ready() >= least && least < replicas && cause().ofStart();
  }

  /** Whether enough pods are ready, whatever the Deployment controller knows of it. */
  boolean enough() {
    return replicas > 0 && stable.enough();
  }

  /** The revision that the spec asks for. */
  RevisionView wanted() {
    return candidate.orElse(stable);
  }

  /** Why fewer replicas serve than are wanted. */
  Cause cause() {
    return stable
        .cause()
        .or(() -> problem.map(Cause::of))
        .orElseGet(
            () ->
                enough()
                    ? new Cause(
                        Cause.Kind.LOADING,
                        Reason.Starting,
                        "The Deployment controller has not taken up the Deployment yet.")
                    : new Cause(Cause.Kind.CREATING, Reason.Starting, "The pods are being made."));
  }
}

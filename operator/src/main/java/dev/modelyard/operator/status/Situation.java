package dev.modelyard.operator.status;

import java.util.Optional;

/**
 * What phase and conditions are made of.
 *
 * @param replicas how many the spec asks for
 * @param stable the revision that serves; empty where a problem kept the first from being made
 * @param wasReady whether the condition Ready was true before
 */
record Situation(
    int replicas,
    Optional<RevisionView> stable,
    Optional<RevisionView> candidate,
    Optional<Observation.Problem> problem,
    boolean wasReady) {
  boolean idle() {
    return replicas == 0 && problem.isEmpty();
  }

  int ready() {
    return stable.map(view -> view.ready().size()).orElse(0);
  }

  /**
   * Whether the stable revision serves with as many replicas as are wanted. While the Deployment
   * controller catches up with a new number, what was true stays true.
   */
  boolean serves() {
    return enough() && (wasReady || stable.filter(RevisionView::current).isPresent());
  }

  /** Whether enough pods are ready, whatever the Deployment controller knows of it. */
  boolean enough() {
    return replicas > 0 && stable.filter(RevisionView::enough).isPresent();
  }

  /** The revision that the spec asks for. */
  Optional<RevisionView> wanted() {
    return candidate.or(() -> stable);
  }

  /** Why fewer replicas serve than are wanted. */
  Cause cause() {
    return stable
        .flatMap(RevisionView::cause)
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

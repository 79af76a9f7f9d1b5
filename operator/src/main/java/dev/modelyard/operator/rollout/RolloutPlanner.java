package dev.modelyard.operator.rollout;

import java.util.List;
import java.util.Optional;

/** Decides, from where the cluster stands, the next step of a rollout. */
public final class RolloutPlanner {
  private RolloutPlanner() {}

  /**
   * @param wanted the revision that the spec asks for
   * @param replicas how many replicas the spec asks for
   * @param serving the revision that the Service selects now
   * @param live the revisions that have a Deployment
   */
  public static RolloutPlan plan(
      String wanted, int replicas, Optional<String> serving, List<RevisionObservation> live) {
    throw new UnsupportedOperationException();
  }
}

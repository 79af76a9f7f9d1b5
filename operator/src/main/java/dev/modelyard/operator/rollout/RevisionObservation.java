package dev.modelyard.operator.rollout;

/**
 * One live revision, as the cluster has it.
 *
 * @param wanted replicas its Deployment asks for
 * @param ready pods that answer now, from live pods
 * @param everReady whether it was ever able to serve; {@link Deployments#everReady} tells. A
 *     revision that never was need not be kept until another is Ready
 */
public record RevisionObservation(String revision, int wanted, int ready, boolean everReady) {
  public RevisionObservation {
    everReady = everReady || ready > 0;
  }

  /** A revision of which is not known whether it ever served: it is treated as if it had. */
  public RevisionObservation(String revision, int wanted, int ready) {
    this(revision, wanted, ready, true);
  }
}

package dev.modelyard.operator.autoscaling.policy;

/** Why a decision is as it is. Closed: Events, metrics and conditions are made from it. */
public enum Cause {
  /** The replicas fit the load. */
  STEADY,
  /** More load: more replicas. */
  LOAD_ROSE,
  /** Less load for the whole delay: fewer replicas. */
  LOAD_FELL,
  /** Fewer replicas would do, and the delay is not over. */
  SCALE_DOWN_DELAYED,
  /** A request waits for a model at zero. */
  DEMAND_AT_ZERO,
  /** A revision that was never Ready gets its first start, which proves it. */
  FIRST_START,
  /** No request for so long: to zero. */
  IDLE,
  /** At zero, without a gateway that could wake it. */
  CANNOT_WAKE,
  /** More is needed than maxReplicas allows, or there were more. */
  AT_MAXIMUM,
  /** There were fewer than minReplicas. */
  AT_MINIMUM,
  /** The scheduler finds no node for another pod. */
  UNSCHEDULABLE,
  /** What was started does not become Ready: more of it is no help. */
  STARTS_OVERDUE,
  /** Nobody answered. */
  SIGNAL_MISSING,
  /** Figures that cannot be true. */
  SIGNAL_INVALID,
  /** Figures that are too old. */
  SIGNAL_STALE,
  /** Not everybody answered: enough to scale up on, not to scale down on. */
  SIGNAL_PARTIAL;

  /** Whether the decision was taken without a load to go by. */
  public boolean withoutSignal() {
    return this == SIGNAL_MISSING || this == SIGNAL_INVALID || this == SIGNAL_STALE;
  }
}

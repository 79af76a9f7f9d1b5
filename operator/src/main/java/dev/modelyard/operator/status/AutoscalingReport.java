package dev.modelyard.operator.status;

/**
 * What the autoscaler has to say of a ModelDeployment.
 *
 * @param active whether the replicas follow the load now
 * @param message the last change of the replicas with what it came from, or why there is none
 */
public record AutoscalingReport(boolean active, Reason reason, String message) {}

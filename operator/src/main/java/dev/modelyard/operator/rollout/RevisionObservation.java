package dev.modelyard.operator.rollout;

/**
 * One live revision, as the cluster has it.
 *
 * @param wanted replicas its Deployment asks for
 * @param ready pods that answer now, from live pods
 */
public record RevisionObservation(String revision, int wanted, int ready) {}

package dev.modelyard.operator.autoscaling.policy;

/**
 * One look at a model.
 *
 * @param nanos when, on any monotonic clock of this process ({@link System#nanoTime()})
 */
public record Observation(long nanos, Signal signal, Replicas replicas) {}

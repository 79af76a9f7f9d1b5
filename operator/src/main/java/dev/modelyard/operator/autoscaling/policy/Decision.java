package dev.modelyard.operator.autoscaling.policy;

/**
 * @param replicas what {@code spec.replicas} should be; equal to what is wanted where nothing is to
 *     be done
 * @param explanation one line, with the figures that it came from
 * @param next the state for the next observation
 */
public record Decision(int replicas, Cause cause, String explanation, ScalingState next) {}

package dev.modelyard.operator.autoscaling.policy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The replicas as they are.
 *
 * @param wanted {@code spec.replicas}; what is starting or pending is in it
 * @param ready pods that are Ready
 * @param starting for each pod that has a node and is not Ready: how long ago it was made
 * @param unschedulable pods for which the scheduler found no node
 * @param everReady whether a pod of this revision has been Ready at any time
 * @param canWake whether a gateway is there to hold the requests of a model at zero
 * @param coldStart from a pod's creation to Ready, measured for this revision
 */
public record Replicas(
    int wanted,
    int ready,
    List<Duration> starting,
    int unschedulable,
    boolean everReady,
    boolean canWake,
    Optional<Duration> coldStart) {
  public Replicas {
    starting = List.copyOf(starting);
    if (wanted < 0 || ready < 0 || unschedulable < 0) {
      throw new IllegalArgumentException(
          "counts must not be negative: " + wanted + ", " + ready + ", " + unschedulable);
    }
  }

  int placed() {
    return ready + starting.size();
  }
}

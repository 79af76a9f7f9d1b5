package dev.modelyard.operator.autoscaling;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The pods of the revision that serves.
 *
 * @param ready where each Ready pod tells its load, by UID
 * @param starting since when each pod that has a node starts, by UID; {@link System#nanoTime()}
 * @param unschedulable pods that the scheduler finds no node for
 * @param everReady whether this revision was ever Ready
 * @param coldStart from a pod's creation to Ready, as measured for this revision
 */
record ServingPods(
    Map<String, URI> ready,
    Map<String, Long> starting,
    int unschedulable,
    boolean everReady,
    Optional<Duration> coldStart) {
  ServingPods {
    ready = Map.copyOf(ready);
    starting = Map.copyOf(starting);
  }
}

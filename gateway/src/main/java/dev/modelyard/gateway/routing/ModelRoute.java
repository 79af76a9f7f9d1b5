package dev.modelyard.gateway.routing;

import java.time.Duration;
import java.util.List;

/**
 * All that a request for one model needs to know, at one moment.
 *
 * @param ready the pods that may get a new request: ready, and not told to stop
 * @param refusal why a request is not held while no pod is ready; null where it is
 * @param requestTimeout from being sent to a pod to the first byte of the answer, and between two
 *     bytes of it; a little longer than the pod's own, so that the pod's answer comes first
 * @param releaseWindow most requests in flight at one pod while others are held
 * @param capacity most requests in flight at one pod at all: what it computes and queues
 * @param coldStart how long the last start of a replica took; null where none was measured
 */
public record ModelRoute(
    ModelKey key,
    List<Endpoint> ready,
    Refusal refusal,
    Duration requestTimeout,
    int releaseWindow,
    int capacity,
    Duration coldStart) {

  /** Why no pod will be ready without somebody's doing. */
  public record Refusal(String reason, String message) {}
}

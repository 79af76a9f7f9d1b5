package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.HashSet;
import java.util.Set;

/** How many pods of a model wait for a node at the same time, from a moment on. */
public final class WaitingPods implements AutoCloseable, ResourceEventHandler<Pod> {
  private final Set<String> waiting = new HashSet<>();
  private final SharedIndexInformer<Pod> informer;
  private int most;

  private WaitingPods(Space space, String model) {
    this.informer =
        space
            .client()
            .pods()
            .inNamespace(space.name())
            .withLabel("modelyard.dev/model-deployment", model)
            .inform(this);
  }

  public static WaitingPods fromNow(Space space, String model) {
    return new WaitingPods(space, model);
  }

  /** How many wait now. */
  public synchronized int now() {
    return waiting.size();
  }

  /** The most that waited. */
  public synchronized int most() {
    return most;
  }

  /**
   * Forgets the most.
   *
   * @return what it was
   */
  public synchronized int restart() {
    int before = most;
    most = waiting.size();
    return before;
  }

  private synchronized void see(Pod pod, boolean there) {
    if (there && !pod.isMarkedForDeletion() && pod.getSpec().getNodeName() == null) {
      waiting.add(pod.getMetadata().getUid());
    } else {
      waiting.remove(pod.getMetadata().getUid());
    }
    most = Math.max(most, waiting.size());
  }

  @Override
  public void onAdd(Pod pod) {
    see(pod, true);
  }

  @Override
  public void onUpdate(Pod before, Pod now) {
    see(now, true);
  }

  @Override
  public void onDelete(Pod pod, boolean stateUnknown) {
    see(pod, false);
  }

  @Override
  public void close() {
    informer.close();
  }
}

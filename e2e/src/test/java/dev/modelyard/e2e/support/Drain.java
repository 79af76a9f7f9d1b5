package dev.modelyard.e2e.support;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Takes pods off a node as {@code kubectl drain} does: no new ones come, and those that are there
 * go by the eviction API, which honours their PodDisruptionBudgets. Closing lets new ones come.
 */
public final class Drain implements AutoCloseable {
  private final KubernetesClient client;
  private final String node;

  private Drain(KubernetesClient client, String node) {
    this.client = client;
    this.node = node;
  }

  /** The nodes that take pods of anybody, in no order. */
  public static List<String> nodes(KubernetesClient client) {
    List<String> nodes = new ArrayList<>();
    for (Node node : client.nodes().list().getItems()) {
      boolean ready =
          node.getStatus().getConditions().stream()
              .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
      if (ready
          && !Boolean.TRUE.equals(node.getSpec().getUnschedulable())
          && node.getSpec().getTaints().isEmpty()) {
        nodes.add(node.getMetadata().getName());
      }
    }
    return nodes;
  }

  /**
   * Drains a node of some pods, and waits until they are gone.
   *
   * @param pods those that may be evicted, wherever they are; asked again until none is there
   * @throws org.awaitility.core.ConditionTimeoutException where their budgets never let them go
   */
  public static Drain of(
      KubernetesClient client, String node, Duration limit, Supplier<List<Pod>> pods) {
    Drain drain = new Drain(client, node);
    drain.schedulable(false);
    try {
      await("node " + node + " to be drained")
          .atMost(limit)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(500))
          .until(() -> drain.evict(pods.get()));
    } catch (RuntimeException e) {
      drain.close();
      throw e;
    }
    return drain;
  }

  /** Returns whether none of them is on the node any more. */
  private boolean evict(List<Pod> pods) {
    List<Pod> there =
        pods.stream().filter(pod -> node.equals(pod.getSpec().getNodeName())).toList();
    for (Pod pod : there) {
      if (!pod.isMarkedForDeletion()) {
        // Refused where its budget allows no disruption now: it is tried again.
        client
            .pods()
            .inNamespace(pod.getMetadata().getNamespace())
            .withName(pod.getMetadata().getName())
            .evict();
      }
    }
    return there.isEmpty();
  }

  private void schedulable(boolean schedulable) {
    // Without the version that was read: the kubelet writes the node all the time.
    client
        .nodes()
        .withName(node)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\":{\"unschedulable\":%s}}".formatted(schedulable ? "null" : "true"));
  }

  @Override
  public void close() {
    schedulable(true);
  }
}

package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/**
 * Extended resources, labels and a taint on one node, as a device plugin and GPU feature discovery
 * set them. The scheduler and the kubelet count them; there is no device. What is set here is taken
 * off by {@link #close}.
 */
public final class FakeGpus implements AutoCloseable {
  public static final String GPU = "nvidia.com/gpu";
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  private final KubernetesClient client;
  private final String node;
  private final Map<String, Object> resources = new HashMap<>();
  private final Map<String, Object> labels = new HashMap<>();

  private FakeGpus(KubernetesClient client, String node) {
    this.client = client;
    this.node = node;
  }

  /** Skips the test where a node offers NVIDIA's devices already: nobody's real GPUs are faked. */
  public static FakeGpus on(KubernetesClient client) {
    List<Node> nodes = client.nodes().list().getItems();
    Assumptions.assumeTrue(
        nodes.stream()
            .flatMap(node -> node.getStatus().getCapacity().entrySet().stream())
            .noneMatch(
                capacity ->
                    capacity.getKey().startsWith("nvidia.com/")
                        && !"0".equals(capacity.getValue().getAmount())),
        "this cluster has nodes with nvidia.com/ devices: none is faked beside them");
    // The last one, since what a small cluster has besides its nodes' work is mostly on the first.
    Node node =
        nodes.stream()
            .filter(FakeGpus::takesPods)
            .reduce((first, second) -> second)
            .orElseThrow(() -> new AssertionError("no node takes pods"));
    return new FakeGpus(client, node.getMetadata().getName());
  }

  private static boolean takesPods(Node node) {
    return node.getSpec().getTaints().isEmpty()
        && !Boolean.TRUE.equals(node.getSpec().getUnschedulable());
  }

  /** The name of the node. */
  public String node() {
    return node;
  }

  /** How many of an extended resource the node offers; none when null. */
  public FakeGpus offer(String resource, Integer count) {
    resources.put(resource, null);
    Map<String, Object> amount = new HashMap<>();
    amount.put(resource, count == null ? null : count.toString());
    status(amount);
    return this;
  }

  public FakeGpus label(String key, String value) {
    labels.put(key, null);
    patch(Map.of("metadata", Map.of("labels", Map.of(key, value))));
    return this;
  }

  /** The taint that GPU nodes usually carry: {@code nvidia.com/gpu:NoSchedule}. */
  public FakeGpus taint() {
    client
        .nodes()
        .withName(node)
        .edit(
            found -> {
              found.getSpec().getTaints().add(new Taint("NoSchedule", GPU, null, "present"));
              return found;
            });
    return this;
  }

  @Override
  public void close() {
    status(resources);
    patch(Map.of("metadata", Map.of("labels", labels)));
    client
        .nodes()
        .withName(node)
        .edit(
            found -> {
              found.getSpec().getTaints().removeIf(taint -> taint.getKey().equals(GPU));
              return found;
            });
  }

  private void status(Map<String, Object> amounts) {
    String patch =
        Serialization.asJson(Map.of("status", Map.of("capacity", amounts, "allocatable", amounts)));
    client.nodes().withName(node).subresource("status").patch(MERGE, patch);
  }

  private void patch(Map<String, Object> patch) {
    client.nodes().withName(node).patch(MERGE, Serialization.asJson(patch));
  }
}

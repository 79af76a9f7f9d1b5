package dev.modelyard.local.node;

import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Binds pods to the one node. It has CPU and memory for every pod (neither is counted), and no
 * extended resource such as a GPU.
 */
final class Scheduler {
  static final String NODE = "laptop";

  private final KubernetesClient client;

  Scheduler(KubernetesClient client) {
    this.client = client;
  }

  /** Binds the pod, or writes why it cannot be bound. */
  void schedule(Pod pod) {
    String reason = unschedulable(pod);
    ObjectMeta meta = pod.getMetadata();
    if (reason == null) {
      client
          .bindings()
          .inNamespace(meta.getNamespace())
          .resource(
              new BindingBuilder()
                  .withNewMetadata()
                  .withName(meta.getName())
                  .withNamespace(meta.getNamespace())
                  .endMetadata()
                  .withNewTarget()
                  .withApiVersion("v1")
                  .withKind("Node")
                  .withName(NODE)
                  .endTarget()
                  .build())
          .create();
      return;
    }
    boolean known =
        pod.getStatus() != null
            && pod.getStatus().getConditions().stream()
                .anyMatch(c -> "PodScheduled".equals(c.getType()) && reason.equals(c.getMessage()));
    if (!known) {
      PodStatuses.patch(
          client,
          pod,
          new PodStatusBuilder()
              .withPhase("Pending")
              .withConditions(
                  new PodConditionBuilder()
                      .withType("PodScheduled")
                      .withStatus("False")
                      .withReason("Unschedulable")
                      .withMessage(reason)
                      .withLastTransitionTime(ContainerReport.now())
                      .build())
              .build());
    }
  }

  /** Null when the pod fits, else the words that kube-scheduler would use. */
  static String unschedulable(Pod pod) {
    var missing = new TreeSet<String>();
    pod.getSpec()
        .getContainers()
        .forEach(
            container -> {
              if (container.getResources() != null) {
                for (Map<String, Quantity> resources : nonNull(container.getResources())) {
                  resources.keySet().stream()
                      .filter(name -> name.contains("/"))
                      .forEach(missing::add);
                }
              }
            });
    if (!missing.isEmpty()) {
      return "0/1 nodes are available: "
          + String.join(", ", missing.stream().map(name -> "1 Insufficient " + name).toList())
          + ".";
    }
    boolean selects =
        pod.getSpec().getNodeSelector() != null && !pod.getSpec().getNodeSelector().isEmpty();
    boolean requires =
        pod.getSpec().getAffinity() != null
            && pod.getSpec().getAffinity().getNodeAffinity() != null
            && pod.getSpec()
                    .getAffinity()
                    .getNodeAffinity()
                    .getRequiredDuringSchedulingIgnoredDuringExecution()
                != null;
    return selects || requires
        ? "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."
        : null;
  }

  private static List<Map<String, Quantity>> nonNull(
      io.fabric8.kubernetes.api.model.ResourceRequirements resources) {
    return java.util.stream.Stream.of(resources.getRequests(), resources.getLimits())
        .filter(java.util.Objects::nonNull)
        .toList();
  }
}

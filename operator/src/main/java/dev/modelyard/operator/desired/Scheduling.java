package dev.modelyard.operator.desired;

import dev.modelyard.api.v1alpha1.Gpu;
import dev.modelyard.api.v1alpha1.ModelDeploymentSpec;
import dev.modelyard.api.v1alpha1.Placement;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Which nodes the pods may run on: the user's placement, and what the GPUs ask besides. */
final class Scheduling {
  private static final Placement ANYWHERE = new Placement(null, null, null, null, null, null, null);

  private Scheduling() {}

  static void apply(
      PodSpecBuilder pod, ModelDeploymentSpec template, Map<String, String> revisionLabels) {
    Placement placement = template.placement() == null ? ANYWHERE : template.placement();
    Gpu gpu = template.gpu();
    pod.withNodeSelector(placement.nodeSelector())
        .withTolerations(tolerations(placement, gpu))
        .withAffinity(affinity(placement.affinity(), gpu))
        .withTopologySpreadConstraints(spread(placement, revisionLabels))
        .withPriorityClassName(placement.priorityClassName())
        .withRuntimeClassName(placement.runtimeClassName())
        .withSchedulerName(placement.schedulerName());
  }

  private static List<Toleration> tolerations(Placement placement, Gpu gpu) {
    List<Toleration> tolerations = new ArrayList<>();
    if (placement.tolerations() != null) {
      tolerations.addAll(placement.tolerations());
    }
    if (gpu != null && !tolerations.contains(GpuScheduling.toleration(gpu))) {
      tolerations.add(GpuScheduling.toleration(gpu));
    }
    return tolerations;
  }

  private static Affinity affinity(Affinity users, Gpu gpu) {
    List<NodeSelectorRequirement> requirements =
        gpu == null ? List.of() : GpuScheduling.requirements(gpu);
    if (requirements.isEmpty()) {
      return users;
    }
    NodeSelector required =
        users == null || users.getNodeAffinity() == null
            ? null
            : users.getNodeAffinity().getRequiredDuringSchedulingIgnoredDuringExecution();
    List<NodeSelectorTerm> terms = new ArrayList<>();
    if (required == null) {
      terms.add(new NodeSelectorTermBuilder().withMatchExpressions(requirements).build());
    } else {
      // Terms are alternatives, the requirements of one term are not: each alternative gets ours.
      required.getNodeSelectorTerms().forEach(term -> terms.add(and(term, requirements)));
    }
    return (users == null ? new AffinityBuilder() : new AffinityBuilder(users))
        .editOrNewNodeAffinity()
        .withNewRequiredDuringSchedulingIgnoredDuringExecution()
        .withNodeSelectorTerms(terms)
        .endRequiredDuringSchedulingIgnoredDuringExecution()
        .endNodeAffinity()
        .build();
  }

  private static NodeSelectorTerm and(
      NodeSelectorTerm term, List<NodeSelectorRequirement> requirements) {
    boolean matchesNothing =
        term.getMatchExpressions().isEmpty() && term.getMatchFields().isEmpty();
    return matchesNothing
        ? term
        : new NodeSelectorTermBuilder(term).addAllToMatchExpressions(requirements).build();
  }

  private static List<TopologySpreadConstraint> spread(
      Placement placement, Map<String, String> revisionLabels) {
    if (placement.topologySpreadConstraints() == null) {
      return List.of();
    }
    return placement.topologySpreadConstraints().stream()
        .map(
            constraint ->
                constraint.getLabelSelector() != null
                    ? constraint
                    : new TopologySpreadConstraintBuilder(constraint)
                        .withNewLabelSelector()
                        .withMatchLabels(revisionLabels)
                        .endLabelSelector()
                        .build())
        .toList();
  }
}

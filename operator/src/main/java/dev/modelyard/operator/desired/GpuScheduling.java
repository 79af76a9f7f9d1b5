package dev.modelyard.operator.desired;

import dev.modelyard.api.v1alpha1.Gpu;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirementBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code spec.gpu} asks of the scheduler. Labels are those of NVIDIA's GPU feature discovery,
 * partitions those of the device plugin's mixed MIG strategy.
 */
final class GpuScheduling {
  private static final String WHOLE = "nvidia.com/gpu";
  private static final BigDecimal MEBIBYTE = BigDecimal.valueOf(1 << 20);

  private GpuScheduling() {}

  /** The extended resource that each replica gets {@code count} of. */
  static String resource(Gpu gpu) {
    if (gpu.partition() != null) {
      return mig(gpu);
    }
    return gpu.resource() == null ? WHOLE : gpu.resource();
  }

  /** GPU nodes carry a taint named like the whole GPU, also where they offer partitions. */
  static Toleration toleration(Gpu gpu) {
    return new TolerationBuilder()
        .withKey(gpu.resource() == null ? WHOLE : gpu.resource())
        .withOperator("Exists")
        .withEffect("NoSchedule")
        .build();
  }

  /** What a node must have; empty where any will do. */
  static List<NodeSelectorRequirement> requirements(Gpu gpu) {
    List<NodeSelectorRequirement> requirements = new ArrayList<>();
    if (gpu.products() != null && !gpu.products().isEmpty()) {
      requirements.add(
          new NodeSelectorRequirementBuilder()
              .withKey(WHOLE + ".product")
              .withOperator("In")
              .withValues(gpu.products())
              .build());
    }
    if (gpu.minMemory() != null) {
      requirements.add(
          new NodeSelectorRequirementBuilder()
              .withKey((gpu.partition() == null ? WHOLE : mig(gpu)) + ".memory")
              // Gt is strict, and there is no Ge.
              .withOperator("Gt")
              .withValues(Long.toString(mebibytes(gpu.minMemory()) - 1))
              .build());
    }
    return requirements;
  }

  /** A profile such as 1g.10gb+me is the resource mig-1g.10gb.me: names hold no plus sign. */
  private static String mig(Gpu gpu) {
    return "nvidia.com/mig-" + gpu.partition().replace('+', '.');
  }

  private static long mebibytes(Quantity quantity) {
    return Quantities.amount(quantity)
        .divide(MEBIBYTE, 0, RoundingMode.CEILING)
        .min(BigDecimal.valueOf(Long.MAX_VALUE))
        .longValueExact();
  }
}

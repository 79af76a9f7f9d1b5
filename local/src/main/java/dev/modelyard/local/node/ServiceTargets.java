package dev.modelyard.local.node;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.OptionalInt;

/** Which pods a Service means, and which of their ports. Pure. */
final class ServiceTargets {
  private ServiceTargets() {}

  static boolean hasSelector(Service service) {
    var selector = service.getSpec().getSelector();
    return selector != null && !selector.isEmpty();
  }

  static boolean selects(Service service, Pod pod) {
    return hasSelector(service)
        && service.getMetadata().getNamespace().equals(pod.getMetadata().getNamespace())
        && pod.getMetadata().getLabels() != null
        && pod.getMetadata()
            .getLabels()
            .entrySet()
            .containsAll(service.getSpec().getSelector().entrySet());
  }

  /** The container's port that a port of the Service leads to; none where no port has that name. */
  static OptionalInt port(ServicePort port, Pod pod) {
    IntOrString target = port.getTargetPort();
    if (target == null) {
      return OptionalInt.of(port.getPort());
    }
    if (target.getStrVal() == null) {
      return OptionalInt.of(target.getIntVal());
    }
    return pod.getSpec().getContainers().stream()
        .flatMap(container -> container.getPorts().stream())
        .filter(candidate -> target.getStrVal().equals(candidate.getName()))
        .mapToInt(candidate -> candidate.getContainerPort())
        .findFirst();
  }
}

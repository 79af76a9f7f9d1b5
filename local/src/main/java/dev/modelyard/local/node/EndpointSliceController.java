package dev.modelyard.local.node;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Keeps the EndpointSlices of each Service with a selector; those of a Service that is gone are the
 * garbage collector's.
 */
final class EndpointSliceController {
  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager("modelyard-laptop")
          .withForce(true)
          .build();

  private final KubernetesClient client;

  EndpointSliceController(KubernetesClient client) {
    this.client = client;
  }

  /** Writes what differs from what the informers show. */
  void reconcile(List<Service> services, List<Pod> pods, List<EndpointSlice> known) {
    Map<String, List<EndpointSlice>> byOwner =
        known.stream().collect(Collectors.groupingBy(EndpointSliceController::owner));
    for (Service service : services) {
      if (service.getMetadata().getDeletionTimestamp() == null) {
        Map<String, EndpointSlice> present =
            byOwner.getOrDefault(service.getMetadata().getUid(), List.of()).stream()
                .collect(
                    Collectors.toMap(slice -> slice.getMetadata().getName(), Function.identity()));
        for (EndpointSlice wanted : EndpointSlices.of(service, pods)) {
          EndpointSlice former = present.remove(wanted.getMetadata().getName());
          if (former == null || !same(former, wanted)) {
            apply(wanted);
          }
        }
        present.values().forEach(slice -> client.resource(slice).delete());
      }
    }
  }

  private static String owner(EndpointSlice slice) {
    return slice.getMetadata().getOwnerReferences().stream()
        .filter(owner -> "Service".equals(owner.getKind()))
        .map(OwnerReference::getUid)
        .findFirst()
        .orElse("");
  }

  private static boolean same(EndpointSlice one, EndpointSlice other) {
    return Objects.equals(one.getMetadata().getLabels(), other.getMetadata().getLabels())
        && Objects.equals(one.getPorts(), other.getPorts())
        && Objects.equals(one.getEndpoints(), other.getEndpoints());
  }

  private void apply(EndpointSlice slice) {
    try {
      client.resource(slice).patch(APPLY);
    } catch (KubernetesClientException e) {
      // The namespace is gone, or going.
      if (e.getCode() != 404 && e.getCode() != 403) {
        throw e;
      }
    }
  }
}

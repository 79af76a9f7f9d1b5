package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Where a model's traffic could go, at any moment since this was made: every revision that its
 * Service selected, and every pod that its EndpointSlices held, ready or not.
 */
public final class Traffic implements AutoCloseable {
  private final String model;
  private final Set<String> revisions = ConcurrentHashMap.newKeySet();
  private final Set<String> pods = ConcurrentHashMap.newKeySet();
  private final List<SharedIndexInformer<?>> informers;

  Traffic(KubernetesClient client, String namespace, String model) {
    this.model = model;
    this.informers =
        List.of(
            client
                .services()
                .inNamespace(namespace)
                .withName(model)
                .inform(new Seen<Service>(this::selected)),
            client
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace(namespace)
                .withLabel("kubernetes.io/service-name", model)
                .inform(new Seen<EndpointSlice>(this::led)));
  }

  private void selected(Service service) {
    revisions.add(service.getSpec().getSelector().get("modelyard.dev/revision"));
  }

  private void led(EndpointSlice slice) {
    for (Endpoint endpoint : slice.getEndpoints()) {
      if (endpoint.getTargetRef() != null) {
        pods.add(endpoint.getTargetRef().getName());
      }
    }
  }

  /** Whether the Service ever selected the revision, or led to a pod of it. */
  public boolean reached(String revision) {
    return revisions.contains(revision)
        || pods.stream().anyMatch(pod -> pod.startsWith(model + "-" + revision + "-"));
  }

  @Override
  public void close() {
    informers.forEach(SharedIndexInformer::close);
  }

  /** Every state of an object that the API server tells of. */
  record Seen<T extends HasMetadata>(Consumer<T> see) implements ResourceEventHandler<T> {
    @Override
    public void onAdd(T object) {
      see.accept(object);
    }

    @Override
    public void onUpdate(T before, T now) {
      see.accept(now);
    }

    @Override
    public void onDelete(T object, boolean stateUnknown) {}
  }
}

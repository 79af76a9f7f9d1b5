package dev.modelyard.gateway.watch;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.gateway.dispatch.Models;
import dev.modelyard.gateway.routing.ModelKey;
import dev.modelyard.gateway.routing.ModelRoute;
import dev.modelyard.gateway.routing.ModelRoutes;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Joins ModelDeployments with the EndpointSlices of their Services, in whatever order they come. A
 * change of one model makes that model's route anew, and no other.
 */
final class RouteBook {
  private static final String SERVICE = "kubernetes.io/service-name";

  /** A Service: what both sides name. */
  private record ServiceKey(String namespace, String name) {}

  private final Models models;
  private final Map<ModelKey, ModelDeployment> deployments = new HashMap<>();
  private final Map<ServiceKey, ModelKey> byService = new HashMap<>();
  private final Map<ServiceKey, Map<String, EndpointSlice>> slices = new HashMap<>();
  private final Map<ModelKey, ModelRoute> routes = new HashMap<>();

  RouteBook(Models models) {
    this.models = models;
  }

  /** How many objects it knows. */
  synchronized int size() {
    return deployments.size() + slices.values().stream().mapToInt(Map::size).sum();
  }

  synchronized void put(ModelDeployment model) {
    ModelKey key = key(model);
    ModelDeployment before = deployments.put(key, model);
    if (before != null && !service(before).equals(service(model))) {
      byService.remove(service(before), key);
    }
    byService.put(service(model), key);
    route(model);
  }

  synchronized void remove(ModelDeployment model) {
    ModelKey key = key(model);
    ModelDeployment before = deployments.remove(key);
    if (before != null) {
      byService.remove(service(before), key);
    }
    routes.remove(key);
    models.remove(key);
  }

  synchronized void put(EndpointSlice slice) {
    ServiceKey service = service(slice);
    slices
        .computeIfAbsent(service, any -> new HashMap<>())
        .put(slice.getMetadata().getName(), slice);
    changed(service);
  }

  synchronized void remove(EndpointSlice slice) {
    ServiceKey service = service(slice);
    Map<String, EndpointSlice> all = slices.get(service);
    if (all != null && all.remove(slice.getMetadata().getName()) != null && all.isEmpty()) {
      slices.remove(service);
    }
    changed(service);
  }

  private void changed(ServiceKey service) {
    ModelKey key = byService.get(service);
    if (key != null) {
      route(deployments.get(key));
    }
  }

  private void route(ModelDeployment model) {
    Collection<EndpointSlice> own = slices.getOrDefault(service(model), Map.of()).values();
    ModelRoute route = ModelRoutes.of(model, List.copyOf(own));
    // Most changes of a status change no route.
    if (!route.equals(routes.put(route.key(), route))) {
      models.update(route);
    }
  }

  private static ModelKey key(ModelDeployment model) {
    return new ModelKey(model.getMetadata().getNamespace(), model.getMetadata().getName());
  }

  private static ServiceKey service(ModelDeployment model) {
    return new ServiceKey(model.getMetadata().getNamespace(), ModelRoutes.serviceName(model));
  }

  /** Of the model's Service alone: another one may have copied its label. */
  private static ServiceKey service(EndpointSlice slice) {
    ObjectMeta metadata = slice.getMetadata();
    return new ServiceKey(
        metadata.getNamespace(), String.valueOf(metadata.getLabels().get(SERVICE)));
  }
}

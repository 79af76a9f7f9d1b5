package dev.modelyard.local.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/** A {@link ServiceProxy} for the first port of each Service that has a selector. */
final class ServiceProxies implements AutoCloseable {
  private static final int FIRST_PORT = 8080;

  private final Vertx vertx;
  private final Function<String, List<Pod>> podsOfNamespace;
  private final Map<String, ServiceProxy> proxies = new LinkedHashMap<>();
  private final Map<String, Service> services = new java.util.concurrent.ConcurrentHashMap<>();

  ServiceProxies(Vertx vertx, Function<String, List<Pod>> podsOfNamespace) {
    this.vertx = vertx;
    this.podsOfNamespace = podsOfNamespace;
  }

  /** Opens, updates and closes proxies so that there is one for each of these. */
  synchronized void reconcile(List<Service> wanted) {
    Set<String> keys = new HashSet<>();
    for (Service service : wanted) {
      if (!ServiceTargets.hasSelector(service) || service.getSpec().getPorts().isEmpty()) {
        continue;
      }
      String key = key(service.getMetadata().getNamespace(), service.getMetadata().getName());
      keys.add(key);
      services.put(key, service);
      proxies.computeIfAbsent(
          key, k -> ServiceProxy.listen(vertx, FIRST_PORT, () -> endpoints(services.get(k))));
    }
    for (String key : Set.copyOf(proxies.keySet())) {
      if (!keys.contains(key)) {
        proxies.remove(key).close();
        services.remove(key);
      }
    }
  }

  synchronized Optional<Integer> port(String namespace, String name) {
    return Optional.ofNullable(proxies.get(key(namespace, name))).map(ServiceProxy::port);
  }

  private static String key(String namespace, String name) {
    return namespace + "/" + name;
  }

  private List<SocketAddress> endpoints(Service service) {
    if (service == null) {
      return List.of();
    }
    return podsOfNamespace.apply(service.getMetadata().getNamespace()).stream()
        .filter(PodStatuses::serves)
        .filter(pod -> ServiceTargets.selects(service, pod))
        .flatMap(pod -> address(service, pod).stream())
        .toList();
  }

  private static Optional<SocketAddress> address(Service service, Pod pod) {
    OptionalInt port = ServiceTargets.port(service.getSpec().getPorts().get(0), pod);
    return port.isEmpty()
        ? Optional.empty()
        : Optional.of(SocketAddress.inetSocketAddress(port.getAsInt(), pod.getStatus().getPodIP()));
  }

  @Override
  public synchronized void close() {
    proxies.values().forEach(ServiceProxy::close);
    proxies.clear();
  }
}

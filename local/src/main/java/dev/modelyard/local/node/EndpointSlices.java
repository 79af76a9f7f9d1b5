package dev.modelyard.local.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The EndpointSlices of a Service, as Kubernetes' controller makes them, but for two things: a
 * slice is not cut at 100 endpoints, and its address type is {@value #ADDRESS_TYPE}. Pure.
 */
public final class EndpointSlices {
  public static final String SERVICE_NAME = "kubernetes.io/service-name";
  public static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";

  /**
   * A real API server takes no loopback address as IPv4, and a laptop has no others; as a name of
   * the network it takes it, and who connects to that name reaches that address.
   */
  public static final String ADDRESS_TYPE = "FQDN";

  static final String CONTROLLER = "endpointslice-controller.k8s.io";
  private static final String HEADLESS = "service.kubernetes.io/headless";
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

  private EndpointSlices() {}

  /**
   * One slice for each set of ports that the pods have, and one without endpoints where there is no
   * pod; none for a Service without a selector.
   *
   * @param pods of any namespace
   */
  static List<EndpointSlice> of(Service service, List<Pod> pods) {
    if (!ServiceTargets.hasSelector(service)) {
      return List.of();
    }
    Map<List<EndpointPort>, List<Endpoint>> byPorts = new LinkedHashMap<>();
    pods.stream()
        .filter(pod -> ServiceTargets.selects(service, pod))
        .filter(pod -> pod.getStatus() != null && pod.getStatus().getPodIP() != null)
        .filter(pod -> !ENDED.contains(String.valueOf(pod.getStatus().getPhase())))
        .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
        .forEach(
            pod ->
                byPorts
                    .computeIfAbsent(ports(service, pod), ports -> new ArrayList<>())
                    .add(endpoint(service, pod)));
    if (byPorts.isEmpty()) {
      byPorts.put(List.of(), List.of());
    }
    List<EndpointSlice> slices = new ArrayList<>();
    byPorts.forEach(
        (ports, endpoints) -> slices.add(slice(service, slices.size(), ports, endpoints)));
    return slices;
  }

  private static EndpointSlice slice(
      Service service, int index, List<EndpointPort> ports, List<Endpoint> endpoints) {
    return new EndpointSliceBuilder()
        .withNewMetadata()
        .withName(name(service, index))
        .withNamespace(service.getMetadata().getNamespace())
        .withLabels(labels(service))
        .withOwnerReferences(Owners.controller(service))
        .endMetadata()
        .withAddressType(ADDRESS_TYPE)
        .withPorts(ports)
        .withEndpoints(endpoints)
        .build();
  }

  /** The same for the same Service, so that a slice that an informer does not show yet is found. */
  private static String name(Service service, int index) {
    String own = Integer.toHexString((service.getMetadata().getUid() + "/" + index).hashCode());
    return service.getMetadata().getName() + "-" + own;
  }

  private static Map<String, String> labels(Service service) {
    Map<String, String> labels = new TreeMap<>();
    if (service.getMetadata().getLabels() != null) {
      labels.putAll(service.getMetadata().getLabels());
    }
    if ("None".equals(service.getSpec().getClusterIP())) {
      labels.put(HEADLESS, "");
    }
    labels.put(SERVICE_NAME, service.getMetadata().getName());
    labels.put(MANAGED_BY, CONTROLLER);
    return labels;
  }

  private static List<EndpointPort> ports(Service service, Pod pod) {
    List<EndpointPort> ports = new ArrayList<>();
    for (var port : service.getSpec().getPorts()) {
      ServiceTargets.port(port, pod)
          .ifPresent(
              number ->
                  ports.add(
                      new EndpointPortBuilder()
                          .withName(port.getName() == null ? "" : port.getName())
                          .withPort(number)
                          .withProtocol(port.getProtocol() == null ? "TCP" : port.getProtocol())
                          .withAppProtocol(port.getAppProtocol())
                          .build()));
    }
    return ports;
  }

  private static Endpoint endpoint(Service service, Pod pod) {
    boolean terminating = PodStatuses.isDeleting(pod);
    boolean serving = PodStatuses.isReady(pod);
    boolean always = Boolean.TRUE.equals(service.getSpec().getPublishNotReadyAddresses());
    return new EndpointBuilder()
        .withAddresses(pod.getStatus().getPodIP())
        .withNewConditions()
        .withReady(always || (serving && !terminating))
        .withServing(serving)
        .withTerminating(terminating)
        .endConditions()
        .withNodeName(pod.getSpec().getNodeName())
        .withNewTargetRef()
        .withKind("Pod")
        .withNamespace(pod.getMetadata().getNamespace())
        .withName(pod.getMetadata().getName())
        .withUid(pod.getMetadata().getUid())
        .endTargetRef()
        .build();
  }
}

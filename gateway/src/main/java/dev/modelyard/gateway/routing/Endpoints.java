package dev.modelyard.gateway.routing;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads EndpointSlices. */
final class Endpoints {
  private static final String PORT = "http";

  /** Of literals alone, so that no name is ever looked up. */
  private static final Pattern LITERAL =
      Pattern.compile("[0-9]+(\\.[0-9]+){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  private Endpoints() {}

  /**
   * Those that may get a new request. One that is told to stop gets none, also where nothing else
   * is left: it may stop taking any before the request arrives, and where the request is held
   * instead, it is answered by the pod that follows. Each once, though slices may overlap while
   * Kubernetes moves endpoints from one to another.
   */
  static List<Endpoint> ready(Collection<EndpointSlice> slices) {
    Set<Endpoint> ready = new LinkedHashSet<>();
    for (EndpointSlice slice : slices) {
      Integer port = port(slice);
      if (port == null || slice.getEndpoints() == null) {
        continue;
      }
      for (var endpoint : slice.getEndpoints()) {
        if (isReady(endpoint.getConditions()) && !endpoint.getAddresses().isEmpty()) {
          // Kubernetes: only the first address is used.
          String address = endpoint.getAddresses().get(0);
          if (isOfAPod(address)) {
            ready.add(new Endpoint(address, port));
          }
        }
      }
    }
    return List.copyOf(ready);
  }

  private static Integer port(EndpointSlice slice) {
    if (slice.getPorts() == null) {
      return null;
    }
    for (EndpointPort port : slice.getPorts()) {
      if (PORT.equals(port.getName())) {
        return port.getPort();
      }
    }
    return null;
  }

  /** Unknown is ready, as the API says. */
  private static boolean isReady(EndpointConditions conditions) {
    return conditions == null
        || !Boolean.FALSE.equals(conditions.getReady())
            && !Boolean.TRUE.equals(conditions.getTerminating());
  }

  /**
   * Whoever may write EndpointSlices must not lead the gateway to the node's metadata service.
   * Loopback is allowed: pods of the laptop have such addresses.
   */
  static boolean isOfAPod(String address) {
    if (!LITERAL.matcher(address).matches()) {
      return false;
    }
    try {
      InetAddress literal = InetAddress.getByName(address);
      return !literal.isAnyLocalAddress()
          && !literal.isLinkLocalAddress()
          && !literal.isMulticastAddress()
          && !address.equals("255.255.255.255")
          && !address.equalsIgnoreCase("fd00:ec2::254");
    } catch (UnknownHostException e) {
      return false;
    }
  }
}

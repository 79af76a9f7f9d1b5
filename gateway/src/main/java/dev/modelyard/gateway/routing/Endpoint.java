package dev.modelyard.gateway.routing;

/**
 * Where a pod takes requests.
 *
 * @param host an IP address, never a name
 */
public record Endpoint(String host, int port) {
  @Override
  public String toString() {
    return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
  }
}

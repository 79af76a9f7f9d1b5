package dev.modelyard.runtime.model.source;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which addresses a download may reach. A uri is written by whoever may create a ModelDeployment,
 * who must not reach through the pod what only the node or the pod itself may: its own ports, the
 * node's link-local services, the cloud's instance metadata. Addresses of private networks are
 * allowed, since that is where in-house model stores are.
 */
public final class AddressPolicy {
  private static final Map<Cidr, String> FORBIDDEN =
      Map.ofEntries(
          Map.entry(Cidr.parse("0.0.0.0/8"), "this-network"),
          Map.entry(Cidr.parse("255.255.255.255/32"), "broadcast"),
          // Instance metadata outside the link-local range: AWS IMDS over IPv6, Google over IPv6,
          // Alibaba Cloud, Oracle Cloud (classic), Azure's wire server.
          Map.entry(Cidr.parse("fd00:ec2::254/128"), "cloud metadata"),
          Map.entry(Cidr.parse("fd20:ce::254/128"), "cloud metadata"),
          Map.entry(Cidr.parse("100.100.100.200/32"), "cloud metadata"),
          Map.entry(Cidr.parse("192.0.0.192/32"), "cloud metadata"),
          Map.entry(Cidr.parse("168.63.129.16/32"), "cloud metadata"));

  /** NAT64 (RFC 6052) and 6to4 (RFC 3056): an IPv4 address in an IPv6 one, and where it starts. */
  private static final Map<Cidr, Integer> EMBEDDED =
      Map.of(Cidr.parse("64:ff9b::/96"), 12, Cidr.parse("2002::/16"), 2, Cidr.parse("::/96"), 12);

  private final List<Cidr> allowed;

  /**
   * @param allowed blocks that may be reached though they are forbidden otherwise
   */
  public AddressPolicy(List<Cidr> allowed) {
    this.allowed = List.copyOf(allowed);
  }

  /** What kind of forbidden address it is; empty where it may be reached. */
  public Optional<String> refusal(InetAddress address) {
    if (allowed.stream().anyMatch(cidr -> cidr.contains(address))) {
      return Optional.empty();
    }
    Optional<String> kind = kind(address);
    return kind.isPresent() ? kind : embedded(address).flatMap(this::refusal);
  }

  private static Optional<String> kind(InetAddress address) {
    if (address.isAnyLocalAddress()) {
      return Optional.of("unspecified");
    }
    if (address.isLoopbackAddress()) {
      return Optional.of("loopback");
    }
    if (address.isLinkLocalAddress()) {
      return Optional.of("link-local");
    }
    if (address.isMulticastAddress()) {
      return Optional.of("multicast");
    }
    return FORBIDDEN.entrySet().stream()
        .filter(block -> block.getKey().contains(address))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private static Optional<InetAddress> embedded(InetAddress address) {
    return EMBEDDED.entrySet().stream()
        .filter(block -> block.getKey().contains(address))
        .map(block -> ipv4(address.getAddress(), block.getValue()))
        .findFirst();
  }

  private static InetAddress ipv4(byte[] address, int from) {
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(address, from, from + 4));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an IPv4 address", e);
    }
  }
}

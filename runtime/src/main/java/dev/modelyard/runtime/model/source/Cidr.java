package dev.modelyard.runtime.model.source;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** A block of addresses such as {@code 127.0.0.0/8} or {@code fd00::/8} (RFC 4632, RFC 4291). */
public record Cidr(InetAddress network, int prefix) {
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

  /**
   * @param text an address, or an address and a prefix length
   * @throws IllegalArgumentException where it is neither
   */
  public static Cidr parse(String text) {
    String[] parts = text.strip().split("/", -1);
    // Only literals: anything else would be looked up in DNS.
    if (parts.length > 2
        || !(IPV4.matcher(parts[0]).matches() || IPV6.matcher(parts[0]).matches())) {
      throw notACidr(text);
    }
    try {
      InetAddress network = InetAddress.getByName(parts[0]);
      int bits = network.getAddress().length * 8;
      int prefix = parts.length == 1 ? bits : Integer.parseInt(parts[1]);
      if (prefix < 0 || prefix > bits) {
        throw notACidr(text);
      }
      return new Cidr(network, prefix);
    } catch (UnknownHostException | NumberFormatException e) {
      throw notACidr(text);
    }
  }

  public boolean contains(InetAddress address) {
    byte[] mine = network.getAddress();
    byte[] other = address.getAddress();
    if (mine.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((mine[bit / 8] & mask) != (other[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }

  private static IllegalArgumentException notACidr(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is not a block of addresses; write for example 127.0.0.0/8");
  }
}

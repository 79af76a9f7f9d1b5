package dev.modelyard.local.node;

import dev.modelyard.local.process.StartFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Addresses for pods: 127.N.0.0/16, where N is this run's own, so that every pod has its real
 * ports. Linux routes all of 127.0.0.0/8 to the loopback device.
 */
final class LoopbackNetwork implements AutoCloseable {
  private static final int FIRST = 77;
  private static final int LAST = 126;
  private static final int CLAIM_PORT = 47077;

  private final int network;
  private final ServerSocket claim;
  private int next = 1;

  private LoopbackNetwork(int network, ServerSocket claim) {
    this.network = network;
    this.claim = claim;
  }

  /** A network that no other run on this machine has; a bound port is the claim. */
  static LoopbackNetwork open() {
    IOException last = null;
    for (int network = FIRST; network <= LAST; network++) {
      try {
        var claim = new ServerSocket();
        claim.setReuseAddress(true);
        claim.bind(new InetSocketAddress(address(network), CLAIM_PORT), 1);
        return new LoopbackNetwork(network, claim);
      } catch (IOException e) {
        last = e;
      }
    }
    throw new StartFailure(
        "no loopback address of 127."
            + FIRST
            + ".0.1 to 127."
            + LAST
            + ".0.1 can be bound ("
            + last.getMessage()
            + "). On macOS each address must first be added: sudo ifconfig lo0 alias 127."
            + FIRST
            + ".0.1, and so on for the pods' 127."
            + FIRST
            + ".0.2 and up",
        last);
  }

  synchronized String allocate() {
    next++;
    if (next > 65_000) {
      next = 2;
    }
    return "127." + network + "." + next / 250 + "." + (next % 250 + 1);
  }

  private static InetAddress address(int network) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, (byte) network, 0, 1});
  }

  @Override
  public void close() {
    try {
      claim.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

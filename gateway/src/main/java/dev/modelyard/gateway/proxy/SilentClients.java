package dev.modelyard.gateway.proxy;

import io.netty.channel.Channel;
import io.netty.channel.SingleThreadEventLoop;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Connections on which no request's head has arrived yet. Vert.x tells of a connection with its
 * first head, so that one that sends nothing, or a head byte by byte, would be kept without end and
 * without being counted. The event loop knows all. To be used on its thread alone.
 */
final class SilentClients {
  /** What Vert.x calls its own, once it knows what the client speaks. */
  private static final String HANDLER = "handler";

  private final SingleThreadEventLoop loop;
  private final Traffic traffic;
  private final long idleNanos;
  private Map<Channel, Long> since = new HashMap<>();

  SilentClients(SingleThreadEventLoop loop, Traffic traffic) {
    this.loop = loop;
    this.traffic = traffic;
    this.idleNanos = traffic.settings().limits().idleTimeout().toNanos();
  }

  /**
   * Closes those that have been silent for too long, and new ones that are too many.
   *
   * @param port that clients connect to
   */
  void look(int port, long now) {
    Map<Channel, Long> silent = new HashMap<>();
    for (Iterator<Channel> all = loop.registeredChannelsIterator(); all.hasNext(); ) {
      Channel channel = all.next();
      if (isSilent(channel, port)) {
        silent.put(channel, since.getOrDefault(channel, now));
      }
    }
    // Those that have spoken meanwhile are counted as what they are now.
    int spoken = (int) since.keySet().stream().filter(known -> !silent.containsKey(known)).count();
    traffic.connections().addAndGet(-spoken);
    // Only now, as to close a channel takes it out of what was iterated over.
    silent.entrySet().removeIf(client -> closed(client.getKey(), client.getValue(), now));
    since = silent;
  }

  private boolean closed(Channel client, long silentSince, long now) {
    boolean isNew = !since.containsKey(client);
    if (isNew
        && traffic.connections().incrementAndGet()
            <= traffic.settings().limits().maxConnections()) {
      return false;
    }
    if (!isNew && now - silentSince <= idleNanos) {
      return false;
    }
    traffic.connections().decrementAndGet();
    client.close();
    return true;
  }

  private static boolean isSilent(Channel channel, int port) {
    return channel.parent() != null
        && channel.isOpen()
        && channel.localAddress() instanceof InetSocketAddress local
        && local.getPort() == port
        && channel.pipeline().get(HANDLER) == null;
  }
}

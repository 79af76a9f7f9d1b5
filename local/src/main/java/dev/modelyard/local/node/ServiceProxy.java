package dev.modelyard.local.node;

import dev.modelyard.local.process.StartFailure;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * What kube-proxy does for a Service, on a port of 127.0.0.1: each connection goes to a ready pod,
 * in turn, and stays there until one side closes it. A pod that refuses is passed over; with no pod
 * the connection is closed.
 */
public final class ServiceProxy implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MILLIS = 2000;
  private static final String HOST = "127.0.0.1";

  private final NetServer server;
  private final NetClient client;
  private final Supplier<List<SocketAddress>> endpoints;
  private final AtomicInteger turn = new AtomicInteger();
  private int port;

  private ServiceProxy(Vertx vertx, Supplier<List<SocketAddress>> endpoints) {
    this.endpoints = endpoints;
    this.server = vertx.createNetServer(new NetServerOptions().setTcpNoDelay(true));
    this.client =
        vertx.createNetClient(
            new NetClientOptions().setTcpNoDelay(true).setConnectTimeout(CONNECT_TIMEOUT_MILLIS));
    server.connectHandler(this::accept);
  }

  /**
   * Listens on the first free port from the given one up.
   *
   * @param endpoints asked for each connection
   */
  public static ServiceProxy listen(
      Vertx vertx, int firstPort, Supplier<List<SocketAddress>> endpoints) {
    for (int port = firstPort; port < firstPort + 1000; port++) {
      var proxy = new ServiceProxy(vertx, endpoints);
      if (isFree(port) && proxy.bind(port)) {
        return proxy;
      }
    }
    throw new StartFailure("no free port on 127.0.0.1 from " + firstPort + " up");
  }

  private static boolean isFree(int port) {
    // Vert.x binds with SO_REUSEADDR and would share nothing, but report late; this one is plain.
    try (var probe = new ServerSocket(port, 1, InetAddress.getByName(HOST))) {
      return probe.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private boolean bind(int wanted) {
    try {
      server
          .listen(wanted, HOST)
          .toCompletionStage()
          .toCompletableFuture()
          .get(5, TimeUnit.SECONDS);
      port = wanted;
      return true;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  public int port() {
    return port;
  }

  private void accept(NetSocket downstream) {
    downstream.pause();
    List<SocketAddress> candidates = new ArrayList<>(endpoints.get());
    if (!candidates.isEmpty()) {
      Collections.rotate(candidates, -Math.floorMod(turn.getAndIncrement(), candidates.size()));
    }
    connect(downstream, candidates);
  }

  private void connect(NetSocket downstream, List<SocketAddress> candidates) {
    if (candidates.isEmpty()) {
      downstream.close();
      return;
    }
    client
        .connect(candidates.get(0))
        .onSuccess(upstream -> join(downstream, upstream))
        .onFailure(refused -> connect(downstream, candidates.subList(1, candidates.size())));
  }

  private static void join(NetSocket downstream, NetSocket upstream) {
    upstream.pause();
    // A pipe ends the other side when this side ends, after what was read has been written.
    downstream.exceptionHandler(broken -> upstream.close());
    upstream.exceptionHandler(broken -> downstream.close());
    downstream.closeHandler(closed -> upstream.close());
    upstream.closeHandler(closed -> downstream.close());
    downstream.pipeTo(upstream);
    upstream.pipeTo(downstream);
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}

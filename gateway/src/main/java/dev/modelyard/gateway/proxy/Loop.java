package dev.modelyard.gateway.proxy;

import dev.modelyard.gateway.config.GatewaySettings;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * One event loop: a server, the connections of its clients, and the requests under way on them. All
 * is used on its thread alone.
 */
final class Loop extends AbstractVerticle {
  private static final long TICK_MILLIS = 250;

  private final Traffic traffic;
  private final IntConsumer listening;
  private final Map<HttpConnection, Client> clients = new IdentityHashMap<>();
  private final Set<Exchange> underWay = new LinkedHashSet<>();
  private final long idleNanos;
  private Upstreams upstreams;
  private HttpServer server;
  private long now = System.nanoTime();

  /** A client's connection. */
  static final class Client {
    private int underWay;
    private long idleSince;
    private final String address;

    Client(HttpConnection connection, long now) {
      idleSince = now;
      address = connection.remoteAddress().hostAddress();
    }

    String address() {
      return address;
    }
  }

  /**
   * @param listening is told the port
   */
  Loop(Traffic traffic, IntConsumer listening) {
    this.traffic = traffic;
    this.listening = listening;
    this.idleNanos = traffic.settings().limits().idleTimeout().toNanos();
  }

  @Override
  public void start(Promise<Void> started) {
    GatewaySettings settings = traffic.settings();
    GatewaySettings.Limits limits = settings.limits();
    upstreams = new Upstreams(vertx, settings.upstream(), limits.maxHeaders());
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(settings.listen().host())
            .setPort(settings.listen().port())
            .setTcpNoDelay(true)
            .setAcceptBacklog(4096)
            .setMaxHeaderSize(limits.maxHeaders())
            .setMaxInitialLineLength(limits.maxTarget())
            .setHandle100ContinueAutomatically(false)
            .setDecompressionSupported(false)
            .setHttp2ClearTextEnabled(true)
            .setInitialSettings(
                new Http2Settings()
                    .setMaxConcurrentStreams(1000)
                    .setMaxHeaderListSize(limits.maxHeaders()));
    server =
        vertx
            .createHttpServer(options)
            .connectionHandler(this::connected)
            .requestHandler(this::requested);
    vertx.setPeriodic(TICK_MILLIS, timer -> tick());
    server
        .listen()
        .onSuccess(running -> listening.accept(running.actualPort()))
        .<Void>mapEmpty()
        .onComplete(started);
  }

  @Override
  public void stop(Promise<Void> stopped) {
    server.close().compose(closed -> upstreams.close()).onComplete(stopped);
  }

  Traffic traffic() {
    return traffic;
  }

  Upstreams upstreams() {
    return upstreams;
  }

  Context context() {
    return context;
  }

  /** {@link System#nanoTime} a moment ago: for what need not be exact. */
  long now() {
    return now;
  }

  private Client connected(HttpConnection connection) {
    if (traffic.connections().incrementAndGet() > traffic.settings().limits().maxConnections()) {
      traffic.connections().decrementAndGet();
      connection.close();
      return null;
    }
    Client client = new Client(connection, System.nanoTime());
    clients.put(connection, client);
    connection.closeHandler(
        closed -> {
          traffic.connections().decrementAndGet();
          clients.remove(connection);
        });
    return client;
  }

  private void requested(HttpServerRequest request) {
    Client client = clients.get(request.connection());
    if (client == null) {
      // Upgraded from HTTP/1.1 to HTTP/2: another connection to Vert.x.
      client = connected(request.connection());
      if (client == null) {
        return;
      }
    }
    PipeliningLimit.install(request);
    Exchange exchange = new Exchange(this, client, request);
    client.underWay++;
    underWay.add(exchange);
    traffic.requests().incrementAndGet();
    exchange.start();
  }

  /** The exchange is over. */
  void ended(Exchange exchange, Client client) {
    if (underWay.remove(exchange)) {
      client.underWay--;
      client.idleSince = now;
      traffic.requests().decrementAndGet();
    }
  }

  /**
   * Asks the client to take another connection, once the gateway is to stop.
   *
   * @param whole whether the request was read to its end
   */
  void answered(HttpServerRequest request, boolean whole) {
    if (request.version() == HttpVersion.HTTP_2) {
      if (traffic.isClosing()) {
        // Not with the default of 30 s, after which what is under way would be cut off.
        request.connection().shutdown(1, TimeUnit.HOURS);
      }
    } else if (!whole || traffic.isClosing()) {
      request.connection().close();
    }
  }

  private void tick() {
    now = System.nanoTime();
    List<Exchange> late = null;
    for (Exchange exchange : underWay) {
      if (exchange.isLate(now)) {
        late = late == null ? new ArrayList<>() : late;
        late.add(exchange);
      }
    }
    if (late != null) {
      late.forEach(Exchange::late);
    }
    closeIdle();
  }

  /** One that sends its request's head byte by byte is idle, too. */
  private void closeIdle() {
    List<HttpConnection> idle = null;
    for (Map.Entry<HttpConnection, Client> entry : clients.entrySet()) {
      Client client = entry.getValue();
      if (client.underWay == 0 && now - client.idleSince > idleNanos) {
        idle = idle == null ? new ArrayList<>() : idle;
        idle.add(entry.getKey());
      }
    }
    if (idle != null) {
      idle.forEach(HttpConnection::close);
    }
  }
}

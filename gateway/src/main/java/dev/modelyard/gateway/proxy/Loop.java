package dev.modelyard.gateway.proxy;

import dev.modelyard.gateway.config.GatewaySettings;
import io.netty.channel.SingleThreadEventLoop;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.impl.ContextInternal;
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
  private SilentClients silent;
  private long now = System.nanoTime();

  /** A client's connection. */
  static final class Client {
    private boolean limited;
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
    upstreams = new Upstreams(context, settings.upstream(), limits.maxHeaders());
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
            // WebSockets do not pass; what looks for their extensions in every request need not.
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false)
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
    server.listen().onSuccess(this::listens).<Void>mapEmpty().onComplete(started);
  }

  private void listens(HttpServer running) {
    silent =
        new SilentClients(
            (SingleThreadEventLoop) ((ContextInternal) context).nettyEventLoop(), traffic);
    listening.accept(running.actualPort());
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
    if (!client.limited) {
      client.limited = true;
      PipeliningLimit.install(request);
    }
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
   * Ends the connection after an answer.
   *
   * @param closes whether the client was told, or over HTTP/2 is to be told, to take another one
   */
  void answered(HttpServerRequest request, boolean closes) {
    if (!closes) {
      return;
    }
    if (request.version() != HttpVersion.HTTP_2) {
      request.connection().close();
    } else if (traffic.isClosing()) {
      // Not with the default of 30 s, after which what is under way would be cut off.
      request.connection().shutdown(1, TimeUnit.HOURS);
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
    upstreams.tick(now);
    if (silent != null) {
      silent.look(server.actualPort(), now);
    }
  }

  /**
   * One that sends its next request's head byte by byte is idle, too; of the first head see {@link
   * SilentClients}.
   */
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

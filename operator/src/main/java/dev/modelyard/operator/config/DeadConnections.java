package dev.modelyard.operator.config;

import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientBuilder;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.WebSocket;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Makes Kubernetes clients that notice dead connections.
 *
 * <p>Where a node, a load balancer or a NAT forgets a connection, no one closes it. A watch on it
 * sees nothing, and the client would start it again only after five to ten minutes; a request on it
 * waits for its time-out, and so may the next, on another connection of the pool. Here every watch
 * pings the API server, which answers; a connection on which nothing arrives is closed, and the
 * watch goes on where it stood. Each call of the leader election has a connection of its own, so
 * that a leader does not lose its lease by one dead connection after the other.
 *
 * <p>The client builds its Vert.x HTTP client itself and lets no one set an option or see a
 * WebSocket of it, so the calls that matter are intercepted.
 */
final class DeadConnections implements HttpClient.Factory {
  private final Vertx vertx;
  private final Duration every;
  private final Duration unused;
  private final Duration deadAfter;

  /**
   * @param every how often a watch pings
   * @param unused how long a connection waits for another request, in whole seconds
   * @param deadAfter a connection on which nothing was read for so long is closed, be it in the
   *     middle of a request: at least {@code unused} and the client's request timeout together
   */
  DeadConnections(Vertx vertx, Duration every, Duration unused, Duration deadAfter) {
    this.vertx = vertx;
    this.every = every;
    this.unused = unused;
    this.deadAfter = deadAfter;
  }

  @Override
  public HttpClient.Builder newBuilder() {
    return new VertxHttpClientBuilder<>(this, intercepted(Vertx.class, vertx, this::vertxCalled));
  }

  private Object vertxCalled(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (!method.getName().equals("createHttpClient")) {
      return invoke(vertx, method, arguments);
    }
    HttpClientOptions options =
        Arrays.stream(arguments)
            .filter(HttpClientOptions.class::isInstance)
            .map(HttpClientOptions.class::cast)
            .findFirst()
            .orElseThrow();
    options
        .setKeepAliveTimeout((int) unused.toSeconds())
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setReadIdleTimeout((int) deadAfter.toMillis());
    Object pooled = invoke(vertx, method, arguments);
    io.vertx.core.http.HttpClient unpooled =
        vertx.createHttpClient(new HttpClientOptions(options).setKeepAlive(false));
    return intercepted(
        io.vertx.core.http.HttpClient.class,
        pooled,
        (any, called, with) -> clientCalled(pooled, unpooled, called, with));
  }

  private Object clientCalled(
      Object pooled, io.vertx.core.http.HttpClient unpooled, Method method, Object[] arguments)
      throws Throwable {
    switch (method.getName()) {
      case "request":
        boolean election =
            arguments.length == 1
                && arguments[0] instanceof RequestOptions request
                && LeaseFence.isOfALease(request.getURI());
        return invoke(election ? unpooled : pooled, method, arguments);
      case "webSocket":
        Object result = invoke(pooled, method, arguments);
        if (result instanceof Future<?> opened) {
          opened.onSuccess(socket -> ping((WebSocket) socket));
        }
        return result;
      case "close":
        unpooled.close();
        return invoke(pooled, method, arguments);
      default:
        return invoke(pooled, method, arguments);
    }
  }

  private void ping(WebSocket socket) {
    vertx.setPeriodic(
        every.toMillis(),
        timer -> {
          if (socket.isClosed()) {
            vertx.cancelTimer(timer);
          } else {
            socket.writePing(Buffer.buffer());
          }
        });
  }

  private static <T> T intercepted(Class<T> type, Object target, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(target.getClass().getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}

package dev.modelyard.operator.config;

import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientBuilder;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.WebSocket;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Makes Kubernetes clients whose watches notice that they are dead.
 *
 * <p>Where a node, a load balancer or a NAT forgets a connection, no one closes it: a watch then
 * sees nothing, and the client would start it again only after five to ten minutes. Here every
 * watch pings the API server, which answers; a connection on which nothing arrives is closed, and
 * the watch goes on where it stood.
 *
 * <p>The client builds its Vert.x HTTP client itself and lets no one set an option or see a
 * WebSocket of it, so the two calls that matter are intercepted.
 */
final class WatchPings implements HttpClient.Factory {
  private final Vertx vertx;
  private final Duration every;
  private final Duration deadAfter;

  /**
   * @param every how often a watch pings
   * @param deadAfter a connection on which nothing was read for so long is closed; above the
   *     client's request timeout, or requests that take long are cut off
   */
  WatchPings(Vertx vertx, Duration every, Duration deadAfter) {
    this.vertx = vertx;
    this.every = every;
    this.deadAfter = deadAfter;
  }

  @Override
  public HttpClient.Builder newBuilder() {
    return new VertxHttpClientBuilder<>(this, intercepted(Vertx.class, vertx, this::vertxCalled));
  }

  private Object vertxCalled(Object proxy, Method method, Object[] arguments) throws Throwable {
    boolean makesClient = method.getName().equals("createHttpClient");
    if (makesClient) {
      Arrays.stream(arguments)
          .filter(HttpClientOptions.class::isInstance)
          .map(HttpClientOptions.class::cast)
          .forEach(
              options ->
                  options
                      .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                      .setReadIdleTimeout((int) deadAfter.toMillis()));
    }
    Object result = invoke(vertx, method, arguments);
    return makesClient
        ? intercepted(
            io.vertx.core.http.HttpClient.class,
            result,
            (any, called, with) -> clientCalled(result, called, with))
        : result;
  }

  private Object clientCalled(Object client, Method method, Object[] arguments) throws Throwable {
    Object result = invoke(client, method, arguments);
    if (method.getName().equals("webSocket") && result instanceof Future<?> opened) {
      opened.onSuccess(socket -> ping((WebSocket) socket));
    }
    return result;
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

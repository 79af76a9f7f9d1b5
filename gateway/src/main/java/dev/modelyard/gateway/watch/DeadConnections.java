package dev.modelyard.gateway.watch;

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
 * Makes Kubernetes clients that notice dead connections, as the operator's of the same name: every
 * watch pings the API server, and a connection on which nothing arrives is closed; the watch goes
 * on where it stood. Otherwise a watch whose connection was forgotten on the way sees nothing for
 * five to ten minutes, and requests are held though a pod is ready.
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
    Arrays.stream(arguments)
        .filter(HttpClientOptions.class::isInstance)
        .map(HttpClientOptions.class::cast)
        .findFirst()
        .orElseThrow()
        .setKeepAliveTimeout((int) unused.toSeconds())
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setReadIdleTimeout((int) deadAfter.toMillis());
    Object client = invoke(vertx, method, arguments);
    return intercepted(
        io.vertx.core.http.HttpClient.class,
        client,
        (any, called, with) -> {
          Object result = invoke(client, called, with);
          if (called.getName().equals("webSocket") && result instanceof Future<?> opened) {
            opened.onSuccess(socket -> ping((WebSocket) socket));
          }
          return result;
        });
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

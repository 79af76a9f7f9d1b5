package dev.modelyard.gateway.proxy;

import dev.modelyard.gateway.config.GatewaySettings;
import dev.modelyard.gateway.routing.Endpoint;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;

/**
 * The connections of one event loop to the pods. They are used on it alone, so that a request never
 * changes threads. gRPC goes over HTTP/2, all else over HTTP/1.1, which costs less.
 */
final class Upstreams {
  /** Each carries as many requests as the pod allows; another one is made only beyond. */
  private static final int HTTP2_CONNECTIONS = 64;

  private final Http1Pool http1;
  private final HttpClient http2;

  Upstreams(Context context, GatewaySettings.Upstream settings, int maxHeaders) {
    http1 = new Http1Pool(context, settings, maxHeaders);
    http2 =
        context
            .owner()
            .createHttpClient(
                new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false)
                    .setHttp2KeepAliveTimeout((int) settings.idleTimeout().toSeconds())
                    .setConnectTimeout((int) settings.connectTimeout().toMillis())
                    .setMaxHeaderSize(maxHeaders)
                    .setTcpNoDelay(true)
                    .setDecompressionSupported(false),
                // The pool multiplies one by the other: both must not be large.
                new PoolOptions().setHttp1MaxSize(1).setHttp2MaxSize(HTTP2_CONNECTIONS));
  }

  /**
   * Makes a request.
   *
   * @param listener is told when it can be sent, at once where a connection is kept
   */
  void request(
      Endpoint endpoint,
      HttpMethod method,
      String uri,
      boolean grpc,
      PodRequest.Listener listener) {
    if (!grpc) {
      http1.request(endpoint, method, uri, listener);
      return;
    }
    http2
        .request(
            new RequestOptions()
                .setHost(endpoint.host())
                .setPort(endpoint.port())
                .setMethod(method)
                .setURI(uri)
                .setFollowRedirects(false))
        .onComplete(
            connected -> {
              if (connected.succeeded()) {
                listener.connected(new Http2Request(connected.result(), listener));
              } else {
                listener.unreachable();
              }
            });
  }

  /** To be called now and then. */
  void tick(long now) {
    http1.tick(now);
  }

  Future<Void> close() {
    return Future.join(http1.close(), http2.close()).mapEmpty();
  }
}

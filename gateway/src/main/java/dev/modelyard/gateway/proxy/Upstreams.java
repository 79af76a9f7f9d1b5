package dev.modelyard.gateway.proxy;

import dev.modelyard.gateway.config.GatewaySettings;
import dev.modelyard.gateway.routing.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;

/**
 * The connections of one event loop to the pods. They are used on it alone, so that a request never
 * changes threads. gRPC goes over HTTP/2, all else over HTTP/1.1, which costs less.
 */
final class Upstreams {
  /** What bounds the connections are the requests in flight. */
  private static final int UNBOUNDED = 1 << 20;

  /** Each carries as many requests as the pod allows; another one is made only beyond. */
  private static final int HTTP2_CONNECTIONS = 64;

  private final HttpClient http1;
  private final HttpClient http2;

  Upstreams(Vertx vertx, GatewaySettings.Upstream settings, int maxHeaders) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setKeepAlive(true)
            .setKeepAliveTimeout((int) settings.idleTimeout().toSeconds())
            .setHttp2KeepAliveTimeout((int) settings.idleTimeout().toSeconds())
            .setConnectTimeout((int) settings.connectTimeout().toMillis())
            .setMaxHeaderSize(maxHeaders)
            .setTcpNoDelay(true)
            .setDecompressionSupported(false);
    // The pool multiplies one by the other: both must not be large.
    http1 =
        vertx.createHttpClient(
            options, new PoolOptions().setHttp1MaxSize(UNBOUNDED).setHttp2MaxSize(1));
    http2 =
        vertx.createHttpClient(
            new HttpClientOptions(options)
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false),
            new PoolOptions().setHttp1MaxSize(1).setHttp2MaxSize(HTTP2_CONNECTIONS));
  }

  /** Fails where no connection could be made; nothing was sent then. */
  Future<HttpClientRequest> request(
      Endpoint endpoint, HttpMethod method, String uri, boolean grpc) {
    RequestOptions options =
        new RequestOptions()
            .setHost(endpoint.host())
            .setPort(endpoint.port())
            .setMethod(method)
            .setURI(uri)
            .setFollowRedirects(false);
    return (grpc ? http2 : http1).request(options);
  }

  Future<Void> close() {
    return Future.join(http1.close(), http2.close()).mapEmpty();
  }
}

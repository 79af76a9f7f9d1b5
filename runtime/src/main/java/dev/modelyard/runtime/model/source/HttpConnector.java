package dev.modelyard.runtime.model.source;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One GET at a time, read with blocking calls. Vert.x and not {@code java.net.http}, because it
 * connects to the very address that was checked (so that a second DNS answer cannot lead elsewhere)
 * while TLS still verifies the host's name.
 */
final class HttpConnector implements AutoCloseable {
  private static final int CHUNK = 64 * 1024;

  /** Chunks that may wait in memory: 2 MiB. */
  private static final int WINDOW = 32;

  private final HttpClient client;
  private final Duration idle;

  /**
   * @param idle longest wait for the response, and between two pieces of its body
   */
  HttpConnector(Vertx vertx, Duration idle) {
    this.idle = idle;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout((int) Math.min(10_000, idle.toMillis()))
                .setMaxChunkSize(CHUNK)
                .setKeepAlive(false));
  }

  /** Connects to {@code address}, whatever the host's name would resolve to now. */
  Response get(URI uri, InetAddress address, Map<String, String> headers)
      throws IOException, InterruptedException {
    boolean tls = uri.getScheme().equalsIgnoreCase("https");
    int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(address, port)))
            .setHost(uri.getHost())
            .setPort(port)
            .setSsl(tls)
            .setURI(path + query)
            .setConnectTimeout((int) Math.min(10_000, idle.toMillis()));
    headers.forEach(options::putHeader);
    HttpClientRequest request = await(client.request(options));
    try {
      // Before it is sent, so that the handlers are there when the first piece arrives: what comes
      // earlier would be lost, and a short answer would have ended.
      Future<Response> response = request.response().map(head -> new Response(request, head));
      request.send();
      return await(response);
    } catch (IOException | InterruptedException e) {
      request.reset();
      throw e;
    }
  }

  private <T> T await(Future<T> future) throws IOException, InterruptedException {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(idle.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IOException(words(e.getCause()), e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + idle.toSeconds() + " s", e);
    }
  }

  /** With the innermost cause, which for TLS is the only one that says anything. */
  private static String words(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String outer = message(cause);
    String inner = message(root);
    return outer.contains(inner) ? outer : outer + ": " + inner;
  }

  private static String message(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  @Override
  public void close() {
    client.close();
  }

  /** A response whose body is read piece by piece; closing it early ends the connection. */
  final class Response implements AutoCloseable {
    private static final Object END = new Object();

    private final HttpClientRequest request;
    private final HttpClientResponse response;
    private final BlockingQueue<Object> body = new LinkedBlockingQueue<>();
    private boolean ended;

    private Response(HttpClientRequest request, HttpClientResponse response) {
      this.request = request;
      this.response = response;
      response.pause();
      response.handler(body::add);
      response.endHandler(end -> body.add(END));
      response.exceptionHandler(body::add);
      response.fetch(WINDOW);
    }

    int status() {
      return response.statusCode();
    }

    /** Null where it is absent. */
    String header(String name) {
      return response.getHeader(name);
    }

    /** The next piece; null at the end of the body. */
    Buffer read() throws IOException, InterruptedException {
      if (ended) {
        return null;
      }
      Object next = body.poll(idle.toMillis(), TimeUnit.MILLISECONDS);
      if (next == null) {
        throw new IOException("nothing came for " + idle.toSeconds() + " s");
      }
      if (next instanceof Throwable cause) {
        throw new IOException(words(cause), cause);
      }
      if (next == END) {
        ended = true;
        return null;
      }
      response.fetch(1);
      return (Buffer) next;
    }

    @Override
    public void close() {
      if (!ended) {
        request.connection().close();
      }
    }
  }
}

package dev.modelyard.runtime.model.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A file server on loopback that a test can make misbehave; it records what it was asked. */
public final class FileServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  public final List<Request> requests = new CopyOnWriteArrayList<>();

  public record Request(String path, Optional<String> range, Optional<String> ifRange) {}

  /** Answers one request; an exception closes the connection. */
  public interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  public FileServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  /** The answers in turn; the last one from then on. */
  public FileServer on(String path, Answer... answers) {
    List<Answer> left = new ArrayList<>(List.of(answers));
    server.createContext(
        path,
        exchange -> {
          requests.add(
              new Request(
                  exchange.getRequestURI().getPath(),
                  Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range")),
                  Optional.ofNullable(exchange.getRequestHeaders().getFirst("If-Range"))));
          Answer answer;
          synchronized (left) {
            answer = left.size() > 1 ? left.remove(0) : left.get(0);
          }
          try (exchange) {
            answer.to(exchange);
          }
        });
    return this;
  }

  /** The whole file. */
  public static Answer file(byte[] content, String etag) {
    return exchange -> {
      exchange.getResponseHeaders().set("ETag", etag);
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content);
    };
  }

  /** Promises the whole file and hangs up after a part of it. */
  public static Answer broken(byte[] content, int length, String etag) {
    return exchange -> {
      exchange.getResponseHeaders().set("ETag", etag);
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content, 0, length);
      exchange.getResponseBody().flush();
    };
  }

  /** The rest where the range and the validator fit, otherwise the whole file. */
  public static Answer resumable(byte[] content, String etag) {
    return exchange -> {
      String range = exchange.getRequestHeaders().getFirst("Range");
      String ifRange = exchange.getRequestHeaders().getFirst("If-Range");
      if (range == null || !etag.equals(ifRange)) {
        file(content, etag).to(exchange);
        return;
      }
      int from = Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
      exchange.getResponseHeaders().set("ETag", etag);
      exchange
          .getResponseHeaders()
          .set(
              "Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
      exchange.sendResponseHeaders(206, content.length - from);
      exchange.getResponseBody().write(content, from, content.length - from);
    };
  }

  public static Answer status(int status, Map<String, String> headers) {
    return exchange -> {
      headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
      exchange.sendResponseHeaders(status, -1);
    };
  }

  public static Answer redirect(String location) {
    return status(302, Map.of("Location", location));
  }

  /** A body of unknown length that goes on until the client hangs up. */
  public static Answer endless(byte[] piece) {
    return exchange -> {
      exchange.sendResponseHeaders(200, 0);
      while (true) {
        exchange.getResponseBody().write(piece);
      }
    };
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}

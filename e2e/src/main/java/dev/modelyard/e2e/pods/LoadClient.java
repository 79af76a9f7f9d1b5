package dev.modelyard.e2e.pods;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Asks a model again and again over keep-alive connections, one request at a time on each, and
 * counts what comes back. No request is tried twice: what a client of the Service sees is counted.
 *
 * <p>{@code GET /report} on port 8090 answers {@code requests=… failed=…} and the first failures, a
 * line each; {@code POST /stop} lets the requests under way end and answers the same.
 */
public final class LoadClient {
  static final int PORT = 8090;
  private static final int FAILURES_KEPT = 20;

  private final HttpRequest request;
  private final Pattern expected;
  private final long pauseMillis;
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  private LoadClient(HttpRequest request, Pattern expected, long pauseMillis) {
    this.request = request;
    this.expected = expected;
    this.pauseMillis = pauseMillis;
  }

  /**
   * @param arguments url, file of the JSON body, pattern that an answer must hold, connections,
   *     milliseconds between an answer and the next request of a connection
   */
  public static void main(String[] arguments) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(arguments[0]))
            .version(HttpClient.Version.HTTP_1_1)
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(Files.readAllBytes(Path.of(arguments[1]))))
            .build();
    var load = new LoadClient(request, Pattern.compile(arguments[2]), Long.parseLong(arguments[4]));
    load.start(Integer.parseInt(arguments[3]));
    HttpServer server = HttpServer.create(new InetSocketAddress(PORT), 16);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/report", exchange -> reply(exchange, load.report()));
    server.createContext("/stop", exchange -> reply(exchange, load.stop()));
    server.start();
  }

  private void start(int connections) {
    for (int i = 0; i < connections; i++) {
      // A client each, so that each has a connection of its own.
      HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
      var thread = new Thread(() -> ask(client), "load-" + i);
      threads.add(thread);
      thread.start();
    }
  }

  private void ask(HttpClient client) {
    while (!stopping) {
      requests.incrementAndGet();
      try {
        HttpResponse<String> response =
            client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (response.statusCode() != 200) {
          failed("status " + response.statusCode() + ": " + response.body());
        } else if (!expected.matcher(response.body()).find()) {
          failed("unexpected answer: " + response.body());
        }
        if (pauseMillis > 0) {
          Thread.sleep(pauseMillis);
        }
      } catch (IOException e) {
        failed(e.toString());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void failed(String failure) {
    failed.incrementAndGet();
    if (failures.size() < FAILURES_KEPT) {
      String line = failure.replace('\n', ' ');
      failures.add(Instant.now() + " " + line.substring(0, Math.min(300, line.length())));
    }
  }

  private String report() {
    return "requests="
        + requests.get()
        + " failed="
        + failed.get()
        + "\n"
        + String.join("\n", failures);
  }

  private String stop() {
    stopping = true;
    for (Thread thread : threads) {
      try {
        thread.join(60_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return report();
  }

  private static void reply(HttpExchange exchange, String text) throws IOException {
    try (exchange) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}

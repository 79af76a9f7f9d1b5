package dev.modelyard.e2e.pods;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.ConnectException;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Asks a model again and again over keep-alive connections, one request at a time on each, and
 * counts what comes back. No request is tried twice: what a client of the Service sees is counted.
 * Of those that failed, the ones for which no connection could be made are told apart.
 *
 * <p>{@code GET /report} on port 8090 answers {@code requests=… failed=… refused=…} and the first
 * failures, a line each; {@code POST /pace?<milliseconds>} changes the pause, on the same
 * connections; {@code POST /stop} lets the requests under way end and answers the same.
 */
public final class LoadClient {
  static final int PORT = 8090;
  private static final int FAILURES_KEPT = 20;
  private static final long LONGEST_SLEEP_MILLIS = 100;

  private final HttpRequest request;
  private final Pattern expected;
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile long pauseMillis;
  private volatile boolean stopping;

  private LoadClient(HttpRequest request, Pattern expected, long pauseMillis) {
    this.request = request;
    this.expected = expected;
    this.pauseMillis = pauseMillis;
  }

  /**
   * @param arguments url, file of the JSON body, pattern that an answer must hold, connections,
   *     milliseconds between an answer and the next request of a connection, and optionally an API
   *     key
   */
  public static void main(String[] arguments) throws IOException {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(arguments[0]))
            .version(HttpClient.Version.HTTP_1_1)
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofByteArray(Files.readAllBytes(Path.of(arguments[1]))));
    if (arguments.length > 5) {
      builder.header("x-api-key", arguments[5]);
    }
    var load =
        new LoadClient(
            builder.build(), Pattern.compile(arguments[2]), Long.parseLong(arguments[4]));
    load.start(Integer.parseInt(arguments[3]));
    HttpServer server = HttpServer.create(new InetSocketAddress(PORT), 16);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/report", exchange -> reply(exchange, load.report()));
    server.createContext(
        "/pace",
        exchange ->
            reply(exchange, load.pace(Long.parseLong(exchange.getRequestURI().getQuery()))));
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
    try {
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
        } catch (ConnectException e) {
          refused.incrementAndGet();
          failed(e.toString());
        } catch (IOException e) {
          failed(e.toString());
        }
        if (pauseMillis > 0) {
          pause();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** In short sleeps: a change of pace and the end are not waited for. */
  private void pause() throws InterruptedException {
    long since = System.nanoTime();
    long left = pauseMillis;
    while (left > 0 && !stopping) {
      Thread.sleep(Math.min(left, LONGEST_SLEEP_MILLIS));
      left = pauseMillis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
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
        + " refused="
        + refused.get()
        + "\n"
        + String.join("\n", failures);
  }

  private String pace(long millis) {
    pauseMillis = millis;
    return report();
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

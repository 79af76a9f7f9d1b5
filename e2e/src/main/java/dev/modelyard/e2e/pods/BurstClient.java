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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Asks a model many times at once, each request once and on a connection of its own, and counts
 * what comes back.
 *
 * <p>{@code POST /start?<n>} on port 8090 sends n requests and answers when the first of them goes,
 * in milliseconds since 1970; {@code /start?<n>&<url>} and {@code /start?<n>&<url>&<API key>} send
 * them elsewhere and with a key; {@code GET /report} answers {@code requests=… failed=…} of the
 * requests that are over, then {@code firstMillis=… lastMillis=…} (from the start to the first and
 * the last answer; -1 where there is none), then the first failures, a line each.
 */
public final class BurstClient {
  static final int PORT = 8090;
  private static final int FAILURES_KEPT = 20;

  private final String url;
  private final byte[] body;
  private final Pattern expected;
  private final Duration limit;
  private volatile Burst burst = new Burst();

  private static final class Burst {
    final long started = System.nanoTime();
    final AtomicInteger over = new AtomicInteger();
    final AtomicInteger failed = new AtomicInteger();
    final AtomicLong first = new AtomicLong(-1);
    final AtomicLong last = new AtomicLong(-1);
    final Queue<String> failures = new ConcurrentLinkedQueue<>();
  }

  private BurstClient(String url, byte[] body, Pattern expected, Duration limit) {
    this.url = url;
    this.body = body;
    this.expected = expected;
    this.limit = limit;
  }

  /**
   * @param arguments url, file of the JSON body, pattern that an answer must hold, seconds after
   *     which a request without an answer has failed
   */
  public static void main(String[] arguments) throws IOException {
    var client =
        new BurstClient(
            arguments[0],
            Files.readAllBytes(Path.of(arguments[1])),
            Pattern.compile(arguments[2]),
            Duration.ofSeconds(Long.parseLong(arguments[3])));
    HttpServer server = HttpServer.create(new InetSocketAddress(PORT), 16);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext(
        "/start",
        exchange -> reply(exchange, client.start(exchange.getRequestURI().getQuery().split("&"))));
    server.createContext("/report", exchange -> reply(exchange, client.report()));
    server.start();
  }

  private synchronized String start(String[] query) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(query.length > 1 ? query[1] : url))
            .version(HttpClient.Version.HTTP_1_1)
            .timeout(limit)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (query.length > 2) {
      builder.header("x-api-key", query[2]);
    }
    HttpRequest request = builder.build();
    Burst now = new Burst();
    burst = now;
    int requests = Integer.parseInt(query[0]);
    String at = String.valueOf(Instant.now().toEpochMilli());
    // Whoever starts it does not wait until the last one goes.
    new Thread(() -> send(now, request, requests), "burst").start();
    return at;
  }

  /** By a new client, so that no connection is left from the burst before. */
  private void send(Burst burst, HttpRequest request, int requests) {
    HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofMinutes(1)).build();
    for (int i = 0; i < requests; i++) {
      client
          .sendAsync(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
          .whenComplete((response, failure) -> answered(burst, response, failure));
    }
  }

  private void answered(Burst burst, HttpResponse<String> response, Throwable failure) {
    if (failure != null) {
      failed(burst, failure.toString());
    } else if (response.statusCode() != 200) {
      failed(burst, "status " + response.statusCode() + ": " + response.body());
    } else if (!expected.matcher(response.body()).find()) {
      failed(burst, "unexpected answer: " + response.body());
    } else {
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - burst.started);
      burst.first.compareAndSet(-1, millis);
      burst.last.accumulateAndGet(millis, Math::max);
    }
    burst.over.incrementAndGet();
  }

  private static void failed(Burst burst, String failure) {
    burst.failed.incrementAndGet();
    if (burst.failures.size() < FAILURES_KEPT) {
      String line = failure.replace('\n', ' ');
      burst.failures.add(Instant.now() + " " + line.substring(0, Math.min(300, line.length())));
    }
  }

  private String report() {
    Burst now = burst;
    return "requests=%d failed=%d%nfirstMillis=%d lastMillis=%d%n%s"
        .formatted(
            now.over.get(),
            now.failed.get(),
            now.first.get(),
            now.last.get(),
            String.join("\n", now.failures));
  }

  private static void reply(HttpExchange exchange, String text) throws IOException {
    try (exchange) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}

package dev.modelyard.local.demo;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Many clients that all begin to ask at the same time, each over a connection of its own. */
final class Burst implements AutoCloseable {
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final HttpRequest request;
  private final List<CompletableFuture<Void>> clients = new ArrayList<>();
  private final AtomicInteger sent = new AtomicInteger();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean stopped;

  private Burst(HttpRequest request) {
    this.request = request;
  }

  /** Each client asks once. */
  static Burst once(HttpRequest request, int clients) {
    return start(request, clients, false);
  }

  /** Each client asks again as soon as it is answered, until this is closed. */
  static Burst sustained(HttpRequest request, int clients) {
    return start(request, clients, true);
  }

  private static Burst start(HttpRequest request, int clients, boolean again) {
    var burst = new Burst(request);
    for (int i = 0; i < clients; i++) {
      burst.clients.add(burst.ask(again));
    }
    return burst;
  }

  private CompletableFuture<Void> ask(boolean again) {
    sent.incrementAndGet();
    return client
        .sendAsync(request, BodyHandlers.ofByteArray())
        .handle(this::judge)
        .thenCompose(
            answered ->
                again && answered && !stopped
                    ? ask(true)
                    : CompletableFuture.completedFuture(null));
  }

  private boolean judge(HttpResponse<byte[]> answer, Throwable failure) {
    if (failure != null) {
      failures.add(failure.toString());
      return false;
    }
    if (answer.statusCode() != 200) {
      failures.add(
          answer.statusCode() + " " + new String(answer.body(), StandardCharsets.UTF_8).strip());
      return false;
    }
    return true;
  }

  int sent() {
    return sent.get();
  }

  boolean isDone() {
    return clients.stream().allMatch(CompletableFuture::isDone);
  }

  /** Requests that got no answer, or another than 200, each with its cause. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Lets every client finish its request. */
  @Override
  public void close() {
    stopped = true;
    try {
      CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).get(65, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      failures.add("a client did not finish: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

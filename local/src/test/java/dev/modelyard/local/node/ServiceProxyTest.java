package dev.modelyard.local.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServiceProxyTest {
  private final Vertx vertx = Vertx.vertx();
  private volatile List<SocketAddress> endpoints = List.of();

  @AfterEach
  void stop() {
    vertx.close();
  }

  private SocketAddress backend(String name) throws Exception {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                request ->
                    request.bodyHandler(
                        body -> request.response().end(Buffer.buffer(name).appendBuffer(body))))
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    return SocketAddress.inetSocketAddress(server.actualPort(), "127.0.0.1");
  }

  private static String ask(HttpClient client, int port, byte[] body) throws Exception {
    return client
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build(),
            BodyHandlers.ofString())
        .body();
  }

  @Test
  void losesNothingWhileEndpointsSwitch() throws Exception {
    SocketAddress a = backend("a");
    SocketAddress b = backend("b");
    // Nothing listens there: a pod that is gone before the endpoints know.
    SocketAddress gone = SocketAddress.inetSocketAddress(9, "127.0.0.1");
    endpoints = List.of(a);
    int clients = 64;
    int requests = 30;
    Queue<String> answers = new ConcurrentLinkedQueue<>();
    Queue<Exception> failures = new ConcurrentLinkedQueue<>();
    var done = new AtomicInteger();
    try (var proxy = ServiceProxy.listen(vertx, 20_000, () -> endpoints)) {
      var pool = Executors.newFixedThreadPool(clients);
      for (int i = 0; i < clients; i++) {
        pool.submit(
            () -> {
              HttpClient client = null;
              for (int request = 0; request < requests; request++) {
                // A connection that stays for some requests, then a new one.
                if (request % 10 == 0) {
                  client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
                }
                try {
                  answers.add(ask(client, proxy.port(), new byte[0]));
                } catch (Exception e) {
                  failures.add(e);
                }
                // Halfway, so that some client's third connection is yet to come.
                if (done.incrementAndGet() == clients * requests / 2) {
                  endpoints = List.of(gone, b);
                }
              }
            });
      }
      pool.shutdown();
      assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(failures).isEmpty();
    Map<String, Integer> byBackend = new TreeMap<>();
    answers.forEach(answer -> byBackend.merge(answer, 1, Integer::sum));
    assertThat(byBackend).containsOnlyKeys("a", "b");
    assertThat(answers).hasSize(clients * requests);
  }

  @Test
  void passesLargeBodiesBothWays() throws Exception {
    endpoints = List.of(backend(""));
    byte[] body = "x".repeat(3_000_000).getBytes();
    try (var proxy = ServiceProxy.listen(vertx, 20_000, () -> endpoints)) {
      assertThat(ask(HttpClient.newHttpClient(), proxy.port(), body)).hasSize(body.length);
    }
  }

  @Test
  void closesTheConnectionWhenThereIsNoPod() {
    try (var proxy = ServiceProxy.listen(vertx, 20_000, List::of)) {
      assertThatThrownBy(() -> ask(HttpClient.newHttpClient(), proxy.port(), new byte[0]))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void takesTheNextFreePort() {
    // Ports of its own: one that another test has closed comes free a moment later, also in
    // between.
    try (var first = ServiceProxy.listen(vertx, 25_000, List::of);
        var second = ServiceProxy.listen(vertx, 25_000, List::of)) {
      assertThat(second.port()).isGreaterThan(first.port());
    }
  }
}

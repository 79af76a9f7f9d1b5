package dev.modelyard.runtime.api.v2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.runtime.config.BatchingMode;
import dev.modelyard.runtime.inference.ServingOptions;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many clients at once: each gets the answer to its own question. */
@Timeout(60)
class ConcurrentInferTest {
  private static final int CLIENTS = 64;
  private static final int REQUESTS = 50;

  @Test
  void rowsAreNeverSwapped() throws Exception {
    ServingOptions options =
        new ServingOptions(
            BatchingMode.Declared, 32, Duration.ZERO, 1000, 64 << 20, Duration.ofSeconds(30), 2);
    try (TestServer server = TestServer.serving("two", options)) {
      HttpClient client =
          server.vertx.createHttpClient(new HttpClientOptions().setMaxPoolSize(CLIENTS));
      List<Future<Integer>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(ask(client, server.port(), i, 0));
      }
      int right =
          Future.all(clients)
              .map(all -> all.<Integer>list().stream().mapToInt(Integer::intValue).sum())
              .toCompletionStage()
              .toCompletableFuture()
              .get(50, TimeUnit.SECONDS);
      assertThat(right).isEqualTo(CLIENTS * REQUESTS);
      assertThat(server.service.load().completed()).isEqualTo(CLIENTS * REQUESTS);
      assertThat(server.service.load().failed()).isZero();
      double largest = server.registry.get("modelyard.batch.size").summary().max();
      assertThat(largest).as("requests were batched").isGreaterThan(1);
    }
  }

  /** Asks the next question when the last is answered; gives the number of right answers. */
  private static Future<Integer> ask(HttpClient client, int port, int number, int asked) {
    if (asked == REQUESTS) {
      return Future.succeededFuture(0);
    }
    int rows = 1 + (number + asked) % 3;
    float own = number * 1000 + asked;
    String data = (own + ",").repeat(rows * 2).replaceAll(",$", "");
    String input = "{\"name\":\"%s\",\"datatype\":\"FP32\",\"shape\":[%d,2],\"data\":[%s]}";
    String body =
        "{\"id\":\"%d\",\"inputs\":[%s,%s]}"
            .formatted(
                (int) own, input.formatted("a", rows, data), input.formatted("b", rows, data));
    return client
        .request(HttpMethod.POST, port, "127.0.0.1", "/v2/models/digits/infer")
        .compose(request -> request.send(body))
        .compose(response -> response.body())
        .compose(
            answer -> {
              JsonObject json = answer.toJsonObject();
              JsonObject sum = json.getJsonArray("outputs").getJsonObject(0);
              boolean right =
                  json.getString("id").equals(Integer.toString((int) own))
                      && sum.getJsonArray("data").size() == rows * 2
                      && sum.getJsonArray("data").stream()
                          .allMatch(value -> ((Number) value).floatValue() == 2 * own);
              return ask(client, port, number, asked + 1).map(rest -> rest + (right ? 1 : 0));
            });
  }
}

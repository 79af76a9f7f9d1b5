package dev.modelyard.runtime.api.v2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.runtime.inference.BatchingDecision;
import dev.modelyard.runtime.inference.ServingOptions;
import dev.modelyard.runtime.inference.TestModels;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Answers to requests that were sent at the same time are those of the requests sent alone.
 *
 * <p>{@code -Dmodelyard.concurrent.requests=10000} asks as many of each model.
 */
@Timeout(300)
class BatchedAnswersTest {
  private static final Path DIGITS = Path.of("../examples/digits/2/model.onnx");
  private static final int CLIENTS = 64;
  private static final int REQUESTS = Integer.getInteger("modelyard.concurrent.requests", 2048);

  /** As many different requests, each of them sent alone once. */
  private static final int DIFFERENT = 256;

  /** Of the largest number of an answer: kernels for one row and for many round differently. */
  private static final double ROUNDING = 1e-5;

  /** Rows of one model at a time have very different sizes, so that a maximum or a scale shows. */
  @ParameterizedTest
  @CsvSource({
    "rows-global-max, 4",
    "rows-outlier, 4",
    "rows-dynamic-scale, 4",
    "rows-sorted, 1",
    "mixing, 2",
    "wide, 4",
    "mlp, 64",
    "digits, 64",
  })
  void areThoseOfTheRequestsAlone(String model, int width) throws Exception {
    assertSame(model, width, TestModels.OPTIONS, server -> {});
  }

  @ParameterizedTest
  @CsvSource({"wide, 4", "mlp, 64", "digits, 64"})
  void areThoseOfTheRequestsAloneInBatches(String model, int width) throws Exception {
    assertSame(
        model,
        width,
        TestModels.DECLARED,
        server -> {
          assertThat(server.service.batching()).contains(BatchingDecision.declared());
          assertThat(server.registry.get("modelyard.batch.size").summary().max())
              .as("requests were batched")
              .isGreaterThan(2);
        });
  }

  /** The first batches are held until they are checked. */
  @ParameterizedTest
  @CsvSource({
    "rows-global-max, 4",
    "rows-outlier, 4",
    "rows-dynamic-scale, 4",
    "rows-sorted, 1",
    "mixing, 2",
  })
  void aWrongDeclarationEndsBatching(String model, int width) throws Exception {
    assertSame(
        model,
        width,
        TestModels.DECLARED,
        server -> {
          assertThat(server.service.batching().orElseThrow().toString())
              .startsWith("Off: a row of a batch differed from the row alone (output 'y', ");
          assertThat(server.registry.get("modelyard.batching.mismatches").counter().count())
              .isEqualTo(1);
        });
  }

  private static void assertSame(
      String model, int width, ServingOptions options, Consumer<TestServer> more) throws Exception {
    try (TestServer server = new TestServer(options)) {
      server.start(model.equals("digits") ? TestModels.load(DIGITS) : TestModels.load(model));
      String input = server.service.served().inputs().get(0).name();
      List<String> bodies = bodies(input, width);
      List<JsonArray> alone = new ArrayList<>();
      for (String body : bodies) {
        alone.add(new JsonObject(server.infer(body).body()).getJsonArray("outputs"));
      }

      HttpClient client =
          server.vertx.createHttpClient(new HttpClientOptions().setMaxPoolSize(CLIENTS));
      List<Future<Integer>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(ask(client, server.port(), bodies, alone, i));
      }
      int differing =
          Future.all(clients)
              .map(all -> all.<Integer>list().stream().mapToInt(Integer::intValue).sum())
              .toCompletionStage()
              .toCompletableFuture()
              .get(280, TimeUnit.SECONDS);
      System.out.printf(
          "%s: %s, %d of %d concurrent answers differ from the single ones, largest batch %.0f%n",
          model,
          server.service.batching().orElseThrow(),
          differing,
          REQUESTS,
          server.registry.get("modelyard.batch.size").summary().max());
      assertThat(differing).isZero();
      assertThat(server.service.load().completed()).isEqualTo(DIFFERENT + REQUESTS);
      more.accept(server);
    }
  }

  /** One row or two, of numbers up to 0.1, 1, 10 or 100. */
  private static List<String> bodies(String input, int width) {
    Random random = new Random(7);
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < DIFFERENT; i++) {
      int rows = 1 + i % 2;
      JsonArray data = new JsonArray();
      for (int j = 0; j < rows * width; j++) {
        data.add((float) (random.nextDouble() * Math.pow(10, i % 4 - 1)));
      }
      bodies.add(
          "{\"inputs\":[{\"name\":\"%s\",\"datatype\":\"FP32\",\"shape\":[%d,%d],\"data\":%s}]}"
              .formatted(input, rows, width, data.encode()));
    }
    return bodies;
  }

  /** Sends every {@value CLIENTS}th request, one after the other; gives how many differ. */
  private static Future<Integer> ask(
      HttpClient client, int port, List<String> bodies, List<JsonArray> alone, int number) {
    if (number >= REQUESTS) {
      return Future.succeededFuture(0);
    }
    int body = number % DIFFERENT;
    return client
        .request(HttpMethod.POST, port, "127.0.0.1", "/v2/models/digits/infer")
        .compose(request -> request.send(bodies.get(body)))
        .compose(response -> response.body())
        .compose(
            answer -> {
              JsonArray outputs = answer.toJsonObject().getJsonArray("outputs");
              int differs = same(alone.get(body), outputs) ? 0 : 1;
              return ask(client, port, bodies, alone, number + CLIENTS)
                  .map(others -> others + differs);
            });
  }

  private static boolean same(JsonArray alone, JsonArray concurrent) {
    if (concurrent == null || alone.size() != concurrent.size()) {
      return false;
    }
    for (int i = 0; i < alone.size(); i++) {
      JsonObject one = alone.getJsonObject(i);
      JsonObject other = concurrent.getJsonObject(i);
      if (!one.getJsonArray("shape").equals(other.getJsonArray("shape"))
          || !close(one.getJsonArray("data"), other.getJsonArray("data"))) {
        return false;
      }
    }
    return true;
  }

  private static boolean close(JsonArray alone, JsonArray concurrent) {
    if (alone.size() != concurrent.size()) {
      return false;
    }
    double largest = 0;
    for (Object value : alone) {
      largest = Math.max(largest, Math.abs(((Number) value).doubleValue()));
    }
    for (int i = 0; i < alone.size(); i++) {
      double difference = alone.getDouble(i) - concurrent.getDouble(i);
      if (Math.abs(difference) > ROUNDING * largest) {
        return false;
      }
    }
    return true;
  }
}

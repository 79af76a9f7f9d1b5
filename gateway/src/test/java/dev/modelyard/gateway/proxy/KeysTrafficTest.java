package dev.modelyard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.gateway.keys.KeyFile;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may ask, over HTTP. */
class KeysTrafficTest {
  private static final String KEY = "k-4f0a1be7c2";
  private static final String WRONG = "k-000wrong000";

  private final TestGateway gateway =
      new TestGateway(
          TestGateway.settings(
              TestGateway.settings().hold(), TestGateway.limits(1 << 20), false, true));
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> logged = new CopyOnWriteArrayList<>();
  private final Logger root = Logger.getLogger("");
  private final Handler listener =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          logged.add(new SimpleFormatter().formatMessage(entry));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @TempDir Path folder;
  private KeyFile file;

  @BeforeEach
  void listen() {
    root.addHandler(listener);
    gateway.route(gateway.pod(KeysTrafficTest::echo));
  }

  @AfterEach
  void stop() {
    root.removeHandler(listener);
    gateway.close();
  }

  private static void echo(HttpServerRequest request) {
    JsonObject headers = new JsonObject();
    request
        .headers()
        .forEach(header -> headers.put(header.getKey().toLowerCase(), header.getValue()));
    request.response().end(headers.toBuffer());
  }

  private void write(String key, String more) throws Exception {
    String hash =
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
    Files.writeString(
        folder.resolve("keys.json"),
        "{\"keys\":[{\"name\":\"team-a\",\"sha256\":\"" + hash + "\"" + more + "}]}");
  }

  private void use(String more) throws Exception {
    write(KEY, more);
    file = new KeyFile(folder.resolve("keys.json"));
    gateway.keys = file;
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
        .POST(BodyPublishers.ofString("{\"model\":\"vision/digits\"}"));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> ask(String header, String value) throws Exception {
    return send(to("/vision/digits/v2").header(header, value));
  }

  @ParameterizedTest
  @EnumSource
  void nobodyAsksWithoutAKeyThatIsKnown(HttpClient.Version version) throws Exception {
    use("");

    HttpResponse<String> none = send(to("/vision/digits/v2").version(version));
    HttpResponse<String> wrong =
        send(to("/vision/digits/v2").version(version).header("authorization", "Bearer " + WRONG));
    HttpResponse<String> basic =
        send(to("/vision/digits/v2").version(version).header("authorization", "Basic " + KEY));

    for (HttpResponse<String> answer : List.of(none, wrong, basic)) {
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.headers().firstValue("www-authenticate"))
          .contains("Bearer realm=\"modelyard\"");
    }
    assertThat(new JsonObject(none.body()).getString("error")).contains("x-api-key: <key>");
    assertThat(new JsonObject(wrong.body()).getString("error")).contains("not known");
    // Not even which models there are.
    assertThat(send(to("/vision/none/v2").version(version)).statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource({
    "authorization, Bearer k-4f0a1be7c2",
    "Authorization, bearer  k-4f0a1be7c2",
    "x-api-key, k-4f0a1be7c2",
    "X-Api-Key, k-4f0a1be7c2",
  })
  void aKeyIsTakenInEitherHeaderAndGoesNoFurther(String header, String value) throws Exception {
    use(",\"models\":[\"vision/*\"]");

    HttpResponse<String> answer = ask(header, value);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(new JsonObject(answer.body()).fieldNames())
        .contains("via")
        .doesNotContain("authorization", "x-api-key");
  }

  @Test
  void withoutKeysTheHeadersAreThePods() throws Exception {
    HttpResponse<String> answer =
        send(
            to("/vision/digits/v2")
                .header("authorization", "Bearer pods")
                .header("x-api-key", "p"));

    assertThat(new JsonObject(answer.body()).getMap())
        .containsEntry("authorization", "Bearer pods")
        .containsEntry("x-api-key", "p");
  }

  @ParameterizedTest
  @CsvSource({"/vision/digits/v2, ''", "/v1/completions, ''", "/any, vision/digits"})
  void aKeyAsksItsModelsAlone(String path, String model) throws Exception {
    use(",\"models\":[\"nlp/sentiment\"]");
    HttpRequest.Builder request = to(path).header("x-api-key", KEY);
    if (!model.isEmpty()) {
      request.header("modelyard-model", model);
    }

    HttpResponse<String> answer = send(request);

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(new JsonObject(answer.body()).getString("error"))
        .isEqualTo("the API key 'team-a' may not ask vision/digits");
  }

  @Test
  void overItsLimitAKeyIsToldWhenToAskAgain() throws Exception {
    use(",\"requestsPerMinute\":1");
    assertThat(ask("x-api-key", KEY).statusCode()).isEqualTo(200);

    HttpResponse<String> over = ask("x-api-key", KEY);

    assertThat(over.statusCode()).isEqualTo(429);
    assertThat(over.headers().firstValueAsLong("retry-after").getAsLong()).isBetween(1L, 60L);
  }

  @Test
  void aReloadTakesEffectAndAFileThatIsWrongDoesNot() throws Exception {
    use("");
    assertThat(ask("x-api-key", KEY).statusCode()).isEqualTo(200);

    Files.writeString(folder.resolve("keys.json"), "{\"keys\": \"" + WRONG + "\"}");
    file.reload();
    assertThat(ask("x-api-key", KEY).statusCode()).isEqualTo(200);

    write("another", "");
    file.reload();
    assertThat(ask("x-api-key", KEY).statusCode()).isEqualTo(401);
    assertThat(ask("x-api-key", "another").statusCode()).isEqualTo(200);
    assertThat(logged).noneMatch(line -> line.contains(WRONG));
  }

  @Test
  void noLineOfTheLogHasAKeyOrAQuery() throws Exception {
    use("");
    assertThat(
            send(to("/vision/digits/v2?token=in-the-query").header("x-api-key", KEY)).statusCode())
        .isEqualTo(200);
    assertThat(ask("authorization", "Bearer " + KEY).statusCode()).isEqualTo(200);
    assertThat(ask("authorization", "Bearer " + WRONG).statusCode()).isEqualTo(401);

    // Where the request ends its line is written, before the connection takes another one.
    assertThat(ask("x-api-key", KEY).statusCode()).isEqualTo(200);

    List<JsonObject> lines =
        logged.stream()
            .filter(line -> line.startsWith("{\"client\""))
            .map(JsonObject::new)
            .toList();
    assertThat(lines).hasSizeGreaterThanOrEqualTo(3);
    assertThat(lines.get(0).getString("key")).isEqualTo("team-a");
    assertThat(lines.get(0).getString("path")).isEqualTo("/vision/digits/v2");
    assertThat(lines.get(0).getString("model")).isEqualTo("vision/digits");
    assertThat(lines.get(2).getInteger("status")).isEqualTo(401);
    assertThat(logged)
        .noneMatch(
            line -> line.contains(KEY) || line.contains(WRONG) || line.contains("in-the-query"));
  }
}

package dev.modelyard.runtime.model.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpDownloadTest {
  private static final byte[] CONTENT = new byte[300_000];
  private static Vertx vertx;

  @TempDir private Path cache;
  private FileServer server;
  private long maxBytes = 1 << 20;
  private List<Cidr> allowed = List.of(Cidr.parse("127.0.0.0/8"));
  private Duration timeout = Duration.ofSeconds(20);
  private final Told told = new Told();

  @BeforeAll
  static void start() {
    new Random(1).nextBytes(CONTENT);
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    vertx.close();
  }

  @BeforeEach
  void serve() throws IOException {
    server = new FileServer();
  }

  @AfterEach
  void close() {
    server.close();
  }

  private HttpDownload download(URI uri) {
    return new HttpDownload(
        vertx,
        new HttpDownload.Settings(
            cache,
            maxBytes,
            new AddressPolicy(allowed),
            timeout,
            Duration.ofSeconds(10),
            new Backoff(Duration.ofMillis(2), Duration.ofMillis(10))),
        (ModelUri.Http) ModelUri.parse(uri.toString()));
  }

  private ModelFailure failure(URI uri) {
    ModelFailure failure =
        catchThrowableOfType(ModelFailure.class, () -> download(uri).fetch(told));
    assertThat(failure).as("the download of " + uri).isNotNull();
    return failure;
  }

  @Test
  void keepsTheNameAndTellsProgress() throws Exception {
    server.on("/digits/1/model.onnx", FileServer.file(CONTENT, "\"a\""));

    HttpDownload.Fetched fetched = download(server.uri("/digits/1/model.onnx")).fetch(told);

    assertThat(fetched.reused()).isFalse();
    assertThat(fetched.file()).hasFileName("model.onnx").hasBinaryContent(CONTENT);
    assertThat(told.received).isEqualTo(CONTENT.length);
    assertThat(told.done).isEqualTo(CONTENT.length);
    assertThat(told.total).isEqualTo(CONTENT.length);
  }

  @Test
  void aSecondFetchAsksTheServerNothing() throws Exception {
    server.on("/model.onnx", FileServer.file(CONTENT, "\"a\""));
    download(server.uri("/model.onnx")).fetch(told);

    HttpDownload.Fetched again = download(server.uri("/model.onnx")).fetch(told);

    assertThat(again.reused()).isTrue();
    assertThat(again.file()).hasBinaryContent(CONTENT);
    assertThat(server.requests).hasSize(1);
  }

  @Test
  void resumesWhereTheConnectionBroke() throws Exception {
    server.on(
        "/model.onnx",
        FileServer.broken(CONTENT, 100_000, "\"a\""),
        FileServer.resumable(CONTENT, "\"a\""));

    Path file = download(server.uri("/model.onnx")).fetch(told).file();

    assertThat(file).hasBinaryContent(CONTENT);
    assertThat(server.requests.get(1).range()).contains("bytes=100000-");
    assertThat(server.requests.get(1).ifRange()).contains("\"a\"");
    assertThat(told.received).isEqualTo(CONTENT.length);
    assertThat(told.troubles).hasSize(1);
  }

  @Test
  void startsOverWhereTheFileHasChangedMeanwhile() throws Exception {
    byte[] changed = CONTENT.clone();
    changed[5]++;
    server.on(
        "/model.onnx",
        FileServer.broken(CONTENT, 100_000, "\"a\""),
        FileServer.resumable(changed, "\"b\""));

    assertThat(download(server.uri("/model.onnx")).fetch(told).file()).hasBinaryContent(changed);
  }

  @Test
  void resumesWhatAnEarlierProcessLeft() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    server.on(
        "/model.onnx",
        exchange -> {
          exchange.getResponseHeaders().set("ETag", "\"a\"");
          exchange.sendResponseHeaders(200, CONTENT.length);
          exchange.getResponseBody().write(CONTENT, 0, 100_000);
          exchange.getResponseBody().flush();
          await(never);
        },
        FileServer.resumable(CONTENT, "\"a\""));
    AtomicReference<Throwable> end = new AtomicReference<>();
    Told first =
        new Told() {
          @Override
          public void received(int received, long done, long total) {
            super.received(received, done, total);
            if (done == 100_000) {
              arrived.countDown();
            }
          }
        };
    Thread process =
        new Thread(
            () -> {
              try {
                download(server.uri("/model.onnx")).fetch(first);
              } catch (Throwable e) {
                end.set(e);
              }
            });
    process.start();
    arrived.await();
    process.interrupt();
    process.join();
    assertThat(end.get()).isInstanceOf(InterruptedException.class);

    Path file = download(server.uri("/model.onnx")).fetch(told).file();

    assertThat(file).hasBinaryContent(CONTENT);
    assertThat(server.requests.get(1).range()).contains("bytes=100000-");
    assertThat(told.received).isEqualTo(CONTENT.length - 100_000);
    never.countDown();
  }

  @Test
  void neverResumesWithoutAStrongValidator() throws Exception {
    server.on(
        "/model.onnx",
        FileServer.broken(CONTENT, 100_000, "W/\"a\""),
        FileServer.resumable(CONTENT, "W/\"a\""));

    assertThat(download(server.uri("/model.onnx")).fetch(told).file()).hasBinaryContent(CONTENT);
    assertThat(server.requests.get(1).range()).isEmpty();
  }

  @Test
  void startsOverWhereTheServerHasNoSuchByte() throws Exception {
    server.on(
        "/model.onnx",
        FileServer.broken(CONTENT, 100_000, "\"a\""),
        FileServer.status(416, Map.of()),
        FileServer.file(CONTENT, "\"a\""));

    assertThat(download(server.uri("/model.onnx")).fetch(told).file()).hasBinaryContent(CONTENT);
    assertThat(server.requests.get(2).range()).isEmpty();
  }

  @Test
  void takesAsCompleteWhatHasEveryByte() throws Exception {
    server.on(
        "/model.onnx",
        exchange -> {
          exchange.getResponseHeaders().set("ETag", "\"a\"");
          exchange.sendResponseHeaders(200, CONTENT.length + 1);
          exchange.getResponseBody().write(CONTENT);
          exchange.getResponseBody().flush();
        },
        FileServer.status(416, Map.of("Content-Range", "bytes */" + CONTENT.length)));

    assertThat(download(server.uri("/model.onnx")).fetch(told).file()).hasBinaryContent(CONTENT);
    assertThat(server.requests).hasSize(2);
  }

  @Test
  void retriesWhatMayPass() throws Exception {
    server.on(
        "/model.onnx",
        FileServer.status(503, Map.of()),
        FileServer.status(429, Map.of("Retry-After", "0")),
        FileServer.status(500, Map.of()),
        FileServer.file(CONTENT, "\"a\""));

    assertThat(download(server.uri("/model.onnx")).fetch(told).file()).hasBinaryContent(CONTENT);
    assertThat(told.troubles).hasSize(3);
  }

  @Test
  void givesUpWhenTheTimeIsOver() {
    timeout = Duration.ofMillis(50);
    server.on("/model.onnx", FileServer.status(503, Map.of()));

    ModelFailure failure = failure(server.uri("/model.onnx"));

    assertThat(failure.reason()).isEqualTo(FailureReason.SourceUnavailable);
    assertThat(failure).hasMessageContaining("answered 503");
  }

  @Test
  void anUnknownHostIsGivenUpEarly() {
    ModelFailure failure = failure(URI.create("http://models.invalid/model.onnx"));

    assertThat(failure.reason()).isEqualTo(FailureReason.SourceUnavailable);
    assertThat(failure).hasMessageContaining("the host models.invalid is unknown");
  }

  @Test
  void saysWhatTheServerRefused() {
    server.on("/gone", FileServer.status(410, Map.of()));
    server.on("/missing", FileServer.status(404, Map.of()));
    server.on("/secret", FileServer.status(403, Map.of()));
    server.on("/login", FileServer.status(401, Map.of()));

    assertThat(failure(server.uri("/gone")).reason()).isEqualTo(FailureReason.SourceNotFound);
    assertThat(failure(server.uri("/missing")).reason()).isEqualTo(FailureReason.SourceNotFound);
    assertThat(failure(server.uri("/secret")).reason()).isEqualTo(FailureReason.SourceForbidden);
    assertThat(failure(server.uri("/login")).reason()).isEqualTo(FailureReason.SourceForbidden);
    assertThat(server.requests).hasSize(4);
  }

  @Test
  void neverRepeatsASignature() {
    server.on("/missing", FileServer.status(404, Map.of()));

    assertThat(failure(server.uri("/missing?signature=geheim")))
        .hasMessageContaining("/missing")
        .hasMessageNotContaining("geheim");
  }

  @Test
  void refusesALengthBeforeAByteIsWritten() throws IOException {
    maxBytes = CONTENT.length - 1;
    server.on("/model.onnx", FileServer.file(CONTENT, "\"a\""));

    assertThat(failure(server.uri("/model.onnx")).reason()).isEqualTo(FailureReason.SourceTooLarge);
    assertThat(told.received).isZero();
    assertThat(modelBytes()).isZero();
  }

  @Test
  void stopsABodyThatNeverEnds() throws IOException {
    maxBytes = 200_000;
    server.on("/model.onnx", FileServer.endless(CONTENT));

    assertThat(failure(server.uri("/model.onnx")).reason()).isEqualTo(FailureReason.SourceTooLarge);
    assertThat(told.total).isEqualTo(-1);
    assertThat(told.done).isLessThanOrEqualTo(200_000);
    assertThat(modelBytes()).isZero();
  }

  @Test
  void refusesMoreThanTheDiskHas() {
    maxBytes = Long.MAX_VALUE;
    server.on(
        "/model.onnx",
        exchange -> {
          exchange.sendResponseHeaders(200, 1L << 60);
          exchange.getResponseBody().write(1);
        });

    ModelFailure failure = failure(server.uri("/model.onnx"));

    assertThat(failure.reason()).isEqualTo(FailureReason.SourceTooLarge);
    assertThat(failure).hasMessageContaining("bytes free");
  }

  @Test
  void followsRedirects() throws Exception {
    server.on("/latest.onnx", FileServer.redirect("/v1/model.onnx"));
    server.on("/v1/model.onnx", FileServer.file(CONTENT, "\"a\""));

    Path file = download(server.uri("/latest.onnx")).fetch(told).file();

    assertThat(file).hasFileName("latest.onnx").hasBinaryContent(CONTENT);
  }

  @Test
  void redirectsInACircleEnd() {
    server.on("/a", FileServer.redirect("/a"));

    assertThat(failure(server.uri("/a")).reason()).isEqualTo(FailureReason.SourceForbidden);
    assertThat(server.requests).hasSize(6);
  }

  @Test
  void aRedirectToMetadataIsRefusedBeforeConnecting() {
    server.on("/model.onnx", FileServer.redirect("http://169.254.169.254/latest/meta-data/"));

    ModelFailure failure = failure(server.uri("/model.onnx"));

    assertThat(failure.reason()).isEqualTo(FailureReason.SourceForbidden);
    assertThat(failure).hasMessageContaining("169.254.169.254 is a link-local address");
  }

  @Test
  void aRedirectToAFileIsRefused() {
    server.on("/model.onnx", FileServer.redirect("file:///etc/passwd"));

    assertThat(failure(server.uri("/model.onnx")).reason())
        .isEqualTo(FailureReason.SourceForbidden);
  }

  @Test
  void loopbackIsRefusedUnlessAllowed() {
    allowed = List.of();
    server.on("/model.onnx", FileServer.file(CONTENT, "\"a\""));

    ModelFailure failure = failure(server.uri("/model.onnx"));

    assertThat(failure.reason()).isEqualTo(FailureReason.SourceForbidden);
    assertThat(failure).hasMessageContaining("MODELYARD_SOURCE_ALLOWED_ADDRESSES");
    assertThat(server.requests).isEmpty();
  }

  @Test
  void remembersTheDigestUntilTheFileIsDiscarded() throws Exception {
    server.on("/model.onnx", FileServer.file(CONTENT, "\"a\""));
    HttpDownload download = download(server.uri("/model.onnx"));
    download.fetch(told);
    download.recordDigest("sha256:ab");

    assertThat(download(server.uri("/model.onnx")).recordedDigest()).contains("sha256:ab");
    download.discard();
    assertThat(download.recordedDigest()).isEqualTo(Optional.empty());
    assertThat(download.fetch(told).reused()).isFalse();
  }

  private long modelBytes() throws IOException {
    try (Stream<Path> files = Files.walk(cache)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> file.toString().contains("model"))
          .filter(file -> !file.toString().endsWith(".properties"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

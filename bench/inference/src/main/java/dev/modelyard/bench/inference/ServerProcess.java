package dev.modelyard.bench.inference;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A server that runs as a process of its own, as in production. */
public final class ServerProcess implements AutoCloseable {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final Server server;
  private final Process process;
  private final long startedNanos;
  private final URI infer;
  private final URI metrics;
  private final Path log;

  /**
   * @param startedNanos {@link System#nanoTime()} just before the process was made
   */
  ServerProcess(
      Server server, Process process, long startedNanos, URI infer, URI metrics, Path log) {
    this.server = server;
    this.process = process;
    this.startedNanos = startedNanos;
    this.infer = infer;
    this.metrics = metrics;
    this.log = log;
  }

  Server server() {
    return server;
  }

  public long pid() {
    return process.pid();
  }

  public URI infer() {
    return infer;
  }

  /**
   * Asks again and again until a prediction is answered with 200.
   *
   * @return milliseconds from the start of the process
   */
  public double awaitFirstPrediction(Format.Body body) throws IOException, InterruptedException {
    while (true) {
      int status = -1;
      try {
        status = post(Format.JSON, body).statusCode();
      } catch (IOException e) {
        // It does not listen yet.
      }
      long nanos = System.nanoTime() - startedNanos;
      if (status == 200) {
        return nanos / 1e6;
      }
      if (!process.isAlive() || nanos > PATIENCE.toNanos()) {
        throw new IllegalStateException(
            "the %s gives no prediction (last status %d); its log %s says:%n%s"
                .formatted(server.label(), status, log, Files.readString(log)));
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  HttpResponse<byte[]> post(Format format, Format.Body body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(infer)
            .timeout(Duration.ofSeconds(10))
            .header("Content-Type", format.contentType())
            .POST(HttpRequest.BodyPublishers.ofByteArray(body.bytes()));
    if (body.jsonLength() >= 0) {
      request.header(AnswerCheck.HEADER_LENGTH, Integer.toString(body.jsonLength()));
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  /** Its Prometheus metrics; only the runtime has them. */
  String metrics() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(metrics).timeout(Duration.ofSeconds(10)).build();
    return CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged operator, as the process that it is in production. */
final class OperatorProcess implements AutoCloseable {
  private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Pattern MANAGEMENT =
      Pattern.compile("Management interface listening on (http://[0-9.]+:[0-9]+)");
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final Process process;
  private final Path log;
  private final HttpClient http = HttpClient.newHttpClient();

  private OperatorProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Returns when it is ready. */
  static OperatorProcess start(Map<String, String> environment) {
    Path log = Path.of("target", "operator-" + NUMBER.incrementAndGet() + ".log").toAbsolutePath();
    ProcessBuilder builder =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-jar",
                JAR.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("QUARKUS_MANAGEMENT_HOST", "127.0.0.1");
    builder.environment().put("QUARKUS_MANAGEMENT_PORT", "0");
    try {
      OperatorProcess started = new OperatorProcess(builder.start(), log);
      Runtime.getRuntime().addShutdownHook(new Thread(started.process::destroyForcibly));
      await().atMost(PATIENCE).until(started::isReady);
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isReady() {
    assertThat(process.isAlive()).as("it ended: see %s", log).isTrue();
    return management().find() && ask("/q/health/ready").statusCode() == 200;
  }

  private Matcher management() {
    return MANAGEMENT.matcher(log());
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<String> ask(String path) {
    Matcher address = management();
    assertThat(address.find()).isTrue();
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create(address.group(1) + path))
              .timeout(Duration.ofSeconds(20))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Sum of a metric over its labels; 0 where there is none. */
  private double metric(String name) {
    return ask("/q/metrics")
        .body()
        .lines()
        .filter(line -> line.matches(name + "(\\{.*})? .*"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** Reconciles since the start. */
  long reconciles() {
    return (long) metric("modelyard_reconcile_duration_seconds_count");
  }

  /** Nothing waits to be reconciled, and nothing is. */
  boolean isIdle() {
    return metric("modelyard_reconcile_queued") == 0 && metric("modelyard_reconcile_active") == 0;
  }

  /** Ends it as the kubelet does. */
  @Override
  public void close() {
    process.destroy();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends when it is told to").isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isZero();
  }
}

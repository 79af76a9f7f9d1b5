package dev.modelyard.gateway;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged gateway, as the process that it is in production. */
final class GatewayProcess implements AutoCloseable {
  private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Pattern MANAGEMENT =
      Pattern.compile("Management interface listening on (http://[0-9.]+:[0-9]+)");
  private static final Pattern TRAFFIC = Pattern.compile("Taking requests on port ([0-9]+)");

  private final Process process;
  private final Path log;
  private final HttpClient http = HttpClient.newHttpClient();

  private GatewayProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Returns when it is ready. */
  static GatewayProcess start(Map<String, String> environment) {
    Path log = Path.of("target", "gateway.log").toAbsolutePath();
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
    builder.environment().put("MODELYARD_GATEWAY_HOST", "127.0.0.1");
    builder.environment().put("MODELYARD_GATEWAY_PORT", "0");
    builder.environment().put("QUARKUS_MANAGEMENT_HOST", "127.0.0.1");
    builder.environment().put("QUARKUS_MANAGEMENT_PORT", "0");
    try {
      GatewayProcess started = new GatewayProcess(builder.start(), log);
      Runtime.getRuntime().addShutdownHook(new Thread(started.process::destroyForcibly));
      await().atMost(PATIENCE).until(started::hasStarted);
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean hasStarted() {
    assertThat(process.isAlive()).as("it ended: see %s", log).isTrue();
    return MANAGEMENT.matcher(log()).find() && TRAFFIC.matcher(log()).find() && isReady();
  }

  boolean isReady() {
    return management("/q/health/ready").join().statusCode() == 200;
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  CompletableFuture<HttpResponse<String>> management(String path) {
    return ask(found(MANAGEMENT) + path);
  }

  CompletableFuture<HttpResponse<String>> traffic(String path) {
    return ask("http://127.0.0.1:" + found(TRAFFIC) + path);
  }

  private String found(Pattern pattern) {
    Matcher matcher = pattern.matcher(log());
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  private CompletableFuture<HttpResponse<String>> ask(String uri) {
    return http.sendAsync(
        HttpRequest.newBuilder(URI.create(uri))
            .version(HttpClient.Version.HTTP_1_1)
            .timeout(PATIENCE)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** As the kubelet does it: SIGTERM. */
  void terminate() {
    process.destroy();
  }

  int exitCode() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("it ends when it is told to")
        .isTrue();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

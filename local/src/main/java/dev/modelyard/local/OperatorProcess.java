package dev.modelyard.local;

import dev.modelyard.local.process.Ports;
import dev.modelyard.local.process.StartFailure;
import dev.modelyard.local.process.Supervised;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The operator, as the process it is in production. */
final class OperatorProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  private final Supervised process;
  private final Path log;

  private OperatorProcess(Supervised process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * @throws StartFailure when it ends, or is not ready in time
   */
  static OperatorProcess start(
      Path jar, Path kubeconfig, String cpuImage, String gpuImage, Path log, String java) {
    int managementPort = Ports.free();
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("KUBECONFIG", kubeconfig.toString());
    environment.put("MODELYARD_RUNTIME_IMAGE_CPU", cpuImage);
    environment.put("MODELYARD_RUNTIME_IMAGE_GPU", gpuImage);
    environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
    environment.put("QUARKUS_HTTP_PORT", "0");
    environment.put("QUARKUS_MANAGEMENT_HOST", "127.0.0.1");
    environment.put("QUARKUS_MANAGEMENT_PORT", String.valueOf(managementPort));
    var started =
        new OperatorProcess(
            Supervised.start(
                List.of(
                    java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", jar.toString()),
                environment,
                log.getParent(),
                log),
            log);
    try {
      started.awaitReady(URI.create("http://127.0.0.1:" + managementPort + "/q/health/ready"));
    } catch (RuntimeException e) {
      started.close();
      throw e;
    }
    return started;
  }

  private void awaitReady(URI health) {
    var client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    var request = HttpRequest.newBuilder(health).timeout(Duration.ofSeconds(5)).build();
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    String last = "no answer";
    while (System.nanoTime() < deadline) {
      if (process.waitFor(Duration.ofMillis(200))) {
        throw new StartFailure("the operator ended with " + process.exitCode() + ": see " + log);
      }
      try {
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() == 200) {
          return;
        }
        last = answer.statusCode() + " " + answer.body();
      } catch (IOException e) {
        last = e.toString();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StartFailure("interrupted", e);
      }
    }
    throw new StartFailure(
        "the operator is not ready after "
            + START_LIMIT.toSeconds()
            + " s ("
            + last
            + "): see "
            + log);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  int exitCode() {
    return process.exitCode();
  }

  @Override
  public void close() {
    process.close();
  }
}

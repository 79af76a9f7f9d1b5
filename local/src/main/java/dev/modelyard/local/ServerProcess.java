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

/**
 * A part of Modelyard that runs beside the cluster, as the process it is in production: one jar,
 * settings in its environment, health on a management port of 127.0.0.1. It is started again, with
 * the same ports, whenever it has ended.
 */
abstract class ServerProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  private final String name;
  private final Path jar;
  private final String java;
  private final Path log;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final int managementPort = Ports.free();
  private Supervised process;
  private boolean closed;

  /**
   * @param name for people
   * @param jar that java runs
   * @param java the java program
   * @param log file that the output is appended to, in an existing folder
   */
  ServerProcess(String name, Path jar, String java, Path kubeconfig, Path log) {
    this.name = name;
    this.jar = jar;
    this.java = java;
    this.log = log;
    set("KUBECONFIG", kubeconfig.toString());
    set("QUARKUS_MANAGEMENT_HOST", "127.0.0.1");
    set("QUARKUS_MANAGEMENT_PORT", String.valueOf(managementPort));
  }

  final void set(String variable, String value) {
    environment.put(variable, value);
  }

  String name() {
    return name;
  }

  int managementPort() {
    return managementPort;
  }

  /** Starts it; {@link #awaitReady} tells when it is of use. */
  synchronized void start() {
    if (closed) {
      throw new StartFailure("stopped while starting");
    }
    process =
        Supervised.start(
            List.of(java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", jar.toString()),
            environment,
            log.getParent(),
            log);
  }

  /**
   * @throws StartFailure when it ends, or is not ready in time
   */
  void awaitReady() {
    URI health = URI.create("http://127.0.0.1:" + managementPort + "/q/health/ready");
    var client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    var request = HttpRequest.newBuilder(health).timeout(Duration.ofSeconds(5)).build();
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    String last = "no answer";
    while (System.nanoTime() < deadline) {
      if (process.waitFor(Duration.ofMillis(200))) {
        throw new StartFailure(
            "the " + name + " ended with " + process.exitCode() + ": see " + log);
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
        "the "
            + name
            + " is not ready after "
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
  public synchronized void close() {
    closed = true;
    if (process != null) {
      process.close();
    }
  }
}

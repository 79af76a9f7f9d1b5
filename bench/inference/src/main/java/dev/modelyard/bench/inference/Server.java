package dev.modelyard.bench.inference;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A kind of server that answers the same requests, and how it is started. */
public enum Server {
  RUNTIME("modelyard runtime", "runtime/target/quarkus-app/quarkus-run.jar") {
    @Override
    Map<String, String> environment(Path model, Path work) {
      return Map.of(
          "MODELYARD_MODEL_NAME",
          "digits",
          "MODELYARD_MODEL_REVISION",
          "bench",
          "MODELYARD_MODEL_URI",
          model.toUri().toString().replace("file:///", "file:/"),
          "MODELYARD_MODEL_CACHE",
          work.resolve("models").toString(),
          "MODELYARD_TERMINATION_LOG",
          work.resolve("termination-log").toString(),
          // Nobody has to forget this pod when it stops.
          "MODELYARD_SHUTDOWN_DELAY",
          "PT0S");
    }
  },
  BARE("bare endpoint, worker pool", "bench/bare/target/quarkus-app/quarkus-run.jar") {
    @Override
    Map<String, String> environment(Path model, Path work) {
      return Map.of("BARE_MODEL", model.toString());
    }
  },
  BARE_EVENT_LOOP("bare endpoint, event loop", "bench/bare/target/quarkus-app/quarkus-run.jar") {
    @Override
    Map<String, String> environment(Path model, Path work) {
      return Map.of("BARE_MODEL", model.toString(), "BARE_EVENT_LOOP", "true");
    }
  };

  private final String label;
  private final String jar;

  Server(String label, String jar) {
    this.label = label;
    this.jar = jar;
  }

  abstract Map<String, String> environment(Path model, Path work);

  String label() {
    return label;
  }

  /** Starts it on free ports of the loopback address; does not wait for it. */
  public ServerProcess start(Path repository, Path work) throws IOException {
    int[] ports = freePorts();
    Path log = work.resolve(name().toLowerCase(Locale.ROOT) + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(List.of(java(), "-jar", repository.resolve(jar).toString()))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("MODELYARD_"));
    environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
    environment.put("QUARKUS_HTTP_PORT", Integer.toString(ports[0]));
    environment.put("QUARKUS_MANAGEMENT_HOST", "127.0.0.1");
    environment.put("QUARKUS_MANAGEMENT_PORT", Integer.toString(ports[1]));
    environment.putAll(environment(repository.resolve("examples/digits/1/model.onnx"), work));
    long started = System.nanoTime();
    Process process = builder.start();
    return new ServerProcess(
        this,
        process,
        started,
        URI.create("http://127.0.0.1:" + ports[0] + "/v2/models/digits/infer"),
        URI.create("http://127.0.0.1:" + ports[1] + "/q/metrics"),
        log);
  }

  /** The JVM that runs this. */
  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static int[] freePorts() throws IOException {
    try (ServerSocket first = new ServerSocket(0);
        ServerSocket second = new ServerSocket(0)) {
      return new int[] {first.getLocalPort(), second.getLocalPort()};
    }
  }
}

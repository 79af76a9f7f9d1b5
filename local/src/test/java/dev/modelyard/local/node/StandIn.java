package dev.modelyard.local.node;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Stands in for the runtime: its ports and health paths, or a crash. */
public final class StandIn {
  private StandIn() {}

  public static void main(String[] words) throws Exception {
    if ("crash".equals(System.getenv("MODE"))) {
      Files.writeString(
          Path.of(System.getenv("TERMINATION_LOG")), "ModelLoadFailed: no such model");
      System.exit(1);
    }
    serve(System.getenv("QUARKUS_MANAGEMENT_HOST"), 9000);
    serve(System.getenv("QUARKUS_HTTP_HOST"), 8080);
    Path stopped = Path.of(System.getenv("TERMINATION_LOG")).resolveSibling("stopped");
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    Files.writeString(stopped, "gracefully");
                  } catch (java.io.IOException e) {
                    System.err.println(e);
                  }
                }));
  }

  private static void serve(String host, int port) throws Exception {
    var server = HttpServer.create(new InetSocketAddress(host, port), 16);
    byte[] answer = System.getenv("POD").getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
  }
}

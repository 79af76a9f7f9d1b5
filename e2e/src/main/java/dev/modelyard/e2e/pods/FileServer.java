package dev.modelyard.e2e.pods;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/**
 * The web server that models come from. {@code /forbidden/…} answers 403, {@code /slow/<bytes a
 * second>/<file>} sends a file slowly, anything else is a file's name, with {@code --} for the
 * slashes that a ConfigMap's keys cannot have.
 */
public final class FileServer {
  static final int PORT = 8080;

  private FileServer() {}

  /**
   * @param arguments the folder of the files
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    HttpServer server = HttpServer.create(new InetSocketAddress(PORT), 128);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", exchange -> answer(folder, exchange));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(0)));
    server.start();
  }

  private static void answer(Path folder, HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (path.startsWith("/forbidden/")) {
        exchange.sendResponseHeaders(403, -1);
        return;
      }
      int bytesPerSecond = Integer.MAX_VALUE;
      if (path.startsWith("/slow/")) {
        int end = path.indexOf('/', "/slow/".length());
        bytesPerSecond = Integer.parseInt(path.substring("/slow/".length(), end));
        path = path.substring(end);
      }
      Path file = folder.resolve(path.substring(1).replace("/", "--"));
      if (path.length() < 2 || !Files.isRegularFile(file)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      byte[] content = Files.readAllBytes(file);
      exchange.sendResponseHeaders(200, content.length);
      send(content, bytesPerSecond, exchange.getResponseBody());
    }
  }

  private static void send(byte[] content, int bytesPerSecond, OutputStream body)
      throws IOException {
    int sent = 0;
    while (sent < content.length) {
      int part = Math.min(Math.max(1, bytesPerSecond / 10), content.length - sent);
      body.write(content, sent, part);
      body.flush();
      sent += part;
      if (sent < content.length) {
        try {
          Thread.sleep(100);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }
}

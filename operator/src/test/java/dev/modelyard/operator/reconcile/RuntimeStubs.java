package dev.modelyard.operator.reconcile;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Runtimes on 127.0.0.x, all on one port; each tells the status it is given. */
public class RuntimeStubs implements QuarkusTestResourceLifecycleManager {
  private static final Map<String, String> ANSWERS = new ConcurrentHashMap<>();
  private static final Map<String, AtomicInteger> ASKED = new ConcurrentHashMap<>();
  private HttpServer server;

  /** From now on the runtime at this address answers so. */
  static void answer(String address, String status) {
    ANSWERS.put(address, status);
  }

  static int asked(String address) {
    return ASKED.getOrDefault(address, new AtomicInteger()).get();
  }

  @Override
  public Map<String, String> start() {
    try {
      server = HttpServer.create(new InetSocketAddress(0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server.createContext("/status", RuntimeStubs::handle);
    server.start();
    return Map.of(
        "modelyard.runtime.management-port", Integer.toString(server.getAddress().getPort()));
  }

  private static void handle(HttpExchange exchange) throws IOException {
    String address = exchange.getLocalAddress().getAddress().getHostAddress();
    ASKED.computeIfAbsent(address, a -> new AtomicInteger()).incrementAndGet();
    String answer = ANSWERS.get(address);
    try (exchange) {
      if (answer == null) {
        exchange.sendResponseHeaders(503, -1);
        return;
      }
      byte[] body = answer.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void stop() {
    if (server != null) {
      server.stop(0);
    }
  }
}

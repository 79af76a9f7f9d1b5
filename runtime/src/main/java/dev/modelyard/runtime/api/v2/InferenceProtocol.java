package dev.modelyard.runtime.api.v2;

import dev.modelyard.runtime.inference.BatchingInferenceService;
import dev.modelyard.runtime.inference.InferenceException;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Consumer;

/**
 * Finds the handler for a path. Paths are few and fixed, so they are compared here and not with a
 * pattern a route.
 */
public final class InferenceProtocol {
  private final Vertx vertx;
  private final BatchingInferenceService service;
  private final ModelIdentity identity;
  private final RequestMetrics metrics;
  private final ModelHandler models;
  private final InferHandler infer;

  public InferenceProtocol(
      Vertx vertx,
      BatchingInferenceService service,
      ModelIdentity identity,
      HttpLimits limits,
      String serverVersion,
      MeterRegistry registry) {
    this.vertx = vertx;
    this.service = service;
    this.identity = identity;
    metrics = new RequestMetrics(registry, identity.name());
    models = new ModelHandler(service, identity, serverVersion);
    infer = new InferHandler(vertx, service, identity, limits);
  }

  long memoryInUse() {
    return infer.memoryInUse();
  }

  /** Answers every path: there is nothing else on the inference port. */
  public void handle(RoutingContext routing) {
    HttpServerRequest request = routing.request();
    PipeliningLimit.install(request);
    if (request.response().writeQueueFull()) {
      // The client sends requests without reading the answers, which would pile up in memory.
      request.pause();
      request
          .response()
          .drainHandler(
              drained -> {
                request.response().drainHandler(null);
                request.resume();
                answer(request);
              });
      return;
    }
    answer(request);
  }

  private void answer(HttpServerRequest request) {
    String path = request.path() == null ? "" : request.path();
    Exchange exchange = new Exchange(request, service, metrics);
    try {
      dispatch(exchange, path);
    } catch (ProtocolException e) {
      BodyReader.discard(vertx, request);
      exchange.error(e);
    } catch (InferenceException e) {
      exchange.error(ProtocolException.of(e));
    }
  }

  private void dispatch(Exchange exchange, String path) {
    String[] parts = path.split("/");
    if (parts.length < 2 || !parts[1].equals("v2")) {
      throw unknownPath(path);
    }
    // parts: "", "v2", "models" or "health", ...
    String second = parts.length > 2 ? parts[2] : "";
    if (parts.length == 2) {
      get(exchange, models::server);
    } else if (second.equals("health") && parts.length == 4 && parts[3].equals("live")) {
      get(exchange, models::live);
    } else if (second.equals("health") && parts.length == 4 && parts[3].equals("ready")) {
      get(exchange, models::ready);
    } else if (second.equals("models") && parts.length > 3) {
      model(exchange, parts);
    } else {
      throw unknownPath(path);
    }
  }

  private void model(Exchange exchange, String[] parts) {
    if (!parts[3].equals(identity.name())) {
      throw new ProtocolException(
          404,
          "there is no model '%s' here; this server has '%s'"
              .formatted(Parameters.shortened(parts[3]), identity.name()));
    }
    int next = 4;
    if (parts.length > 5 && parts[4].equals("versions")) {
      if (!parts[5].equals(identity.version())) {
        throw new ProtocolException(
            404,
            "model '%s' has no version '%s' here; this server has '%s'"
                .formatted(identity.name(), Parameters.shortened(parts[5]), identity.version()));
      }
      next = 6;
    }
    String action = parts.length == next ? "" : parts.length == next + 1 ? parts[next] : "?";
    switch (action) {
      case "" -> get(exchange, models::model);
      case "ready" -> get(exchange, models::modelReady);
      case "infer" -> with(HttpMethod.POST, exchange, infer::handle);
      default -> throw unknownPath(String.join("/", parts));
    }
  }

  private static void get(Exchange exchange, Consumer<Exchange> handler) {
    with(HttpMethod.GET, exchange, handler);
  }

  private static void with(HttpMethod method, Exchange exchange, Consumer<Exchange> handler) {
    HttpMethod used = exchange.request().method();
    if (!used.equals(method)) {
      exchange.response().putHeader(HttpHeaders.ALLOW, method.name());
      throw new ProtocolException(
          405, "method %s is not allowed here; use %s".formatted(used.name(), method.name()));
    }
    handler.accept(exchange);
  }

  private ProtocolException unknownPath(String path) {
    return new ProtocolException(
        404,
        "there is nothing at '%s'; to infer, POST to /v2/models/%s/infer"
            .formatted(Parameters.shortened(path), identity.name()));
  }
}

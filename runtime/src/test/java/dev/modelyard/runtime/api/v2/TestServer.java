package dev.modelyard.runtime.api.v2;

import dev.modelyard.runtime.inference.BatchingInferenceService;
import dev.modelyard.runtime.inference.LoadedModel;
import dev.modelyard.runtime.inference.ServingOptions;
import dev.modelyard.runtime.inference.TestModels;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The protocol on a port of its own, with a real model behind it. */
final class TestServer implements AutoCloseable {
  static final int MAX_BODY = 4 << 20;
  static final int MAX_MEMORY = 16 << 20;

  final Vertx vertx = Vertx.vertx();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final BatchingInferenceService service;
  final HttpServer http;
  final InferenceProtocol protocol;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private LoadedModel model;

  /** A server whose model is not started yet. */
  TestServer(ServingOptions options) {
    service = new BatchingInferenceService(options, "digits", registry);
    protocol =
        new InferenceProtocol(
            vertx,
            service,
            new ModelIdentity("digits", "abc"),
            new HttpLimits(MAX_BODY, MAX_MEMORY, options.requestTimeout()),
            "0.1.0",
            registry);
    Router router = Router.router(vertx);
    router.route().handler(protocol::handle);
    http =
        vertx
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  static TestServer serving(String modelName) {
    return serving(modelName, TestModels.OPTIONS);
  }

  static TestServer serving(String modelName, ServingOptions options) {
    TestServer server = new TestServer(options);
    server.start(TestModels.load(modelName));
    return server;
  }

  void start(LoadedModel loaded) {
    model = loaded;
    service.start(loaded);
  }

  int port() {
    return http.actualPort();
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
        .timeout(Duration.ofSeconds(30));
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path).build());
  }

  HttpResponse<String> infer(String body) throws IOException, InterruptedException {
    return send(
        request("/v2/models/digits/infer")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<byte[]> sendBinary(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  @Override
  public void close() {
    service.drain(Duration.ofSeconds(10));
    if (model != null) {
      model.close();
    }
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}

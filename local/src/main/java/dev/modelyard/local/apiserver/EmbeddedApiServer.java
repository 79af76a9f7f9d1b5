package dev.modelyard.local.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.modelyard.local.home.Home;
import dev.modelyard.local.process.StartFailure;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A small Kubernetes API server in this JVM, in memory, for machines that have no real one: what
 * fabric8's and kubectl's informers and writes need, on one event loop.
 */
public final class EmbeddedApiServer implements ApiServer {
  private static final Logger LOG = Logger.getLogger(EmbeddedApiServer.class.getName());
  // As etcd's default limit.
  private static final int MAX_BODY_BYTES = 3 * 1024 * 1024;
  private static final long BOOKMARK_MILLIS = 30_000;

  private final Vertx vertx = Vertx.vertx();
  private final ObjectStore store = new ObjectStore();
  private final ResourceTypes types = new ResourceTypes();
  private final Objects objects = new Objects(store, types);
  private final Discovery discovery = new Discovery(types);
  private final ApiHandler handler = new ApiHandler(store, objects);
  private final Path kubeconfig;
  private final HttpServer server;

  private EmbeddedApiServer(Path kubeconfig) {
    this.kubeconfig = kubeconfig;
    this.server =
        vertx.createHttpServer(
            new HttpServerOptions().setMaxInitialLineLength(16 * 1024).setTcpNoDelay(true));
    server.requestHandler(this::accept);
  }

  static EmbeddedApiServer start(Home home) {
    return start(home.kubeconfig());
  }

  /**
   * Listens on a free port of 127.0.0.1 and writes a kubeconfig for it.
   *
   * @throws StartFailure when it cannot listen
   */
  public static EmbeddedApiServer start(Path kubeconfig) {
    var embedded = new EmbeddedApiServer(kubeconfig);
    for (String namespace : new String[] {"default", "kube-system"}) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      object.putObject("metadata").put("name", namespace);
      embedded.objects.create(ResourceTypes.NAMESPACE, null, object);
    }
    try {
      embedded
          .server
          .listen(0, "127.0.0.1")
          .toCompletionStage()
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      embedded.close();
      throw new StartFailure("the embedded API server cannot listen: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      embedded.close();
      throw new StartFailure("interrupted", e);
    }
    Kubeconfig.write(kubeconfig, "http://127.0.0.1:" + embedded.server.actualPort(), null, null);
    return embedded;
  }

  private void accept(HttpServerRequest request) {
    if (request.getParam("watch") != null && truth(request.getParam("watch"))) {
      answerFailures(request, () -> watch(request));
      return;
    }
    var body = new java.io.ByteArrayOutputStream();
    request.handler(
        chunk -> {
          if (body.size() <= MAX_BODY_BYTES) {
            body.writeBytes(chunk.getBytes());
          }
        });
    request.endHandler(
        end ->
            answerFailures(
                request,
                () -> {
                  if (body.size() > MAX_BODY_BYTES) {
                    throw ApiError.tooLarge(MAX_BODY_BYTES);
                  }
                  answer(request, body.toString(StandardCharsets.UTF_8));
                }));
  }

  private void answerFailures(HttpServerRequest request, Runnable work) {
    try {
      work.run();
    } catch (ApiError e) {
      send(request, e.code(), e.body());
    } catch (IllegalArgumentException e) {
      ApiError error = ApiError.badRequest(String.valueOf(e.getMessage()));
      send(request, error.code(), error.body());
    } catch (RuntimeException e) {
      LOG.log(Level.SEVERE, request.method() + " " + request.uri(), e);
      ApiError error = ApiError.badRequest("the embedded API server failed: " + e);
      send(request, 500, error.body().put("reason", "InternalError").put("code", 500));
    }
  }

  private void answer(HttpServerRequest request, String body) {
    String path = request.path();
    String[] parts = path.replaceAll("/+$", "").split("/");
    if (path.matches("/(readyz|livez|healthz)(/.*)?")) {
      request.response().putHeader("Content-Type", "text/plain").end("ok");
    } else if (path.equals("/version")) {
      send(request, 200, Discovery.version());
    } else if (path.matches("/api/?")) {
      send(request, 200, Discovery.coreVersions());
    } else if (path.matches("/apis/?")) {
      send(request, 200, discovery.groups());
    } else if (path.matches("/api/[^/]+/?")) {
      send(request, 200, discovery.resources("", parts[2]));
    } else if (path.matches("/apis/[^/]+/[^/]+/?")) {
      send(request, 200, discovery.resources(parts[2], parts[3]));
    } else {
      ApiHandler.Answer answer = handler.handle(parse(request, body));
      send(request, answer.code(), answer.body());
    }
  }

  private ApiRequest parse(HttpServerRequest request, String body) {
    ApiRequest.Target target = ApiRequest.target(types, request.path());
    Map<String, String> query = new LinkedHashMap<>();
    request.params().forEach(query::put);
    if ("All".equals(query.get("dryRun"))) {
      throw ApiError.badRequest("the embedded API server has no dry run");
    }
    String contentType = request.getHeader("Content-Type");
    return new ApiRequest(
        target.type(),
        request.method().name(),
        target.namespace(),
        target.name(),
        target.subresource(),
        query,
        contentType == null ? "" : contentType.split(";")[0].strip(),
        Tables.asked(request.getHeader("Accept")),
        body);
  }

  private void watch(HttpServerRequest request) {
    if (request.method() != HttpMethod.GET) {
      throw ApiError.methodNotAllowed();
    }
    ApiRequest parsed = parse(request, "");
    if ("true".equals(parsed.query().get("sendInitialEvents"))) {
      throw ApiError.invalid(
          parsed.type(), "", java.util.List.of("sendInitialEvents: Forbidden: not available here"));
    }
    String version = parsed.query().getOrDefault("resourceVersion", "");
    long from = version.isEmpty() ? 0 : Long.parseLong(version);
    // Before the upgrade, after which a bad selector could no longer be answered.
    var selection = ApiHandler.selection(parsed);
    if ("websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
      request
          .toWebSocket()
          .onSuccess(
              socket -> {
                var stream =
                    stream(parsed, selection, event -> socket.writeTextMessage(event.toString()));
                follow(parsed, stream, from, socket::closeHandler, socket::close);
              });
      return;
    }
    var response = request.response();
    response.setChunked(true).putHeader("Content-Type", "application/json");
    // The client waits for the headers, not for the first event.
    response.write("");
    var stream = stream(parsed, selection, event -> response.write(event + "\n"));
    follow(
        parsed,
        stream,
        from,
        closed -> response.closeHandler(closed),
        () -> {
          if (!response.ended() && !response.closed()) {
            response.end();
          }
        });
  }

  private WatchStream stream(
      ApiRequest parsed, Predicate<JsonNode> selection, Consumer<ObjectNode> sink) {
    return new WatchStream(
        store, parsed.type(), parsed.namespace(), selection, parsed.table(), sink);
  }

  private void follow(
      ApiRequest request,
      WatchStream stream,
      long from,
      Consumer<Handler<Void>> onClose,
      Runnable end) {
    Runnable stop = stream.start(from);
    long bookmarks =
        truth(request.query().getOrDefault("allowWatchBookmarks", "false"))
            ? vertx.setPeriodic(BOOKMARK_MILLIS, timer -> stream.bookmark())
            : -1;
    long timeout = Long.parseLong(request.query().getOrDefault("timeoutSeconds", "0"));
    long ending = timeout > 0 ? vertx.setTimer(timeout * 1000, timer -> end.run()) : -1;
    onClose.accept(
        closed -> {
          stop.run();
          vertx.cancelTimer(bookmarks);
          vertx.cancelTimer(ending);
        });
  }

  private static boolean truth(String word) {
    return word.equals("true") || word.equals("1") || word.isEmpty();
  }

  private static void send(HttpServerRequest request, int code, ObjectNode body) {
    request
        .response()
        .setStatusCode(code)
        .putHeader("Content-Type", "application/json")
        .end(body.toString());
  }

  @Override
  public Path kubeconfig() {
    return kubeconfig;
  }

  @Override
  public boolean hasRights() {
    return false;
  }

  @Override
  public Path kubeconfig(String user) {
    return kubeconfig;
  }

  @Override
  public boolean hasOpenApi() {
    return false;
  }

  @Override
  public String description() {
    return "embedded, in memory. It checks types, bounds and unknown fields, but has no CEL rules, no"
        + " RBAC, no admission, no dry run, no apply conflicts and no OpenAPI (use kubectl apply"
        + " --validate=false)";
  }

  @Override
  public void close() {
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.log(Level.WARNING, "the embedded API server did not close", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

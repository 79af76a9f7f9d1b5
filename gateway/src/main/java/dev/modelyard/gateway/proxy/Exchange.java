package dev.modelyard.gateway.proxy;

import dev.modelyard.gateway.balance.Pod;
import dev.modelyard.gateway.dispatch.LiveModel;
import dev.modelyard.gateway.dispatch.Waiter;
import dev.modelyard.gateway.keys.ApiKeys;
import dev.modelyard.gateway.keys.ApiKeys.ApiKey;
import dev.modelyard.gateway.routing.ModelKey;
import dev.modelyard.gateway.routing.ModelRoute.Refusal;
import dev.modelyard.gateway.routing.Target;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One request and its one answer, on the event loop of the client's connection: who may ask, for
 * which model, which pod takes it or how long it waits for one.
 */
final class Exchange implements Waiter {
  /** Where nothing was measured yet. */
  private static final long COLD_START_SECONDS = 10;

  private static final CharSequence CLOSE = HttpHeaders.createOptimized("close");

  private final Loop loop;
  private final Loop.Client client;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Traffic traffic;
  private final RequestBody body;
  private final boolean grpc;
  private final long arrived = System.nanoTime();
  private final List<Pod> tried = new ArrayList<>(1);
  private Target target;
  private LiveModel model;
  private ApiKey key;
  private Attempt attempt;
  private int attempts;
  private boolean waits;
  private long waitsSince;
  private long heldNanos;
  private long lateAt;
  private boolean done;

  Exchange(Loop loop, Loop.Client client, HttpServerRequest request) {
    this.loop = loop;
    this.client = client;
    this.request = request;
    this.response = request.response();
    this.traffic = loop.traffic();
    this.body = new RequestBody(request, traffic.settings().limits());
    this.grpc = isGrpc(request);
  }

  private static boolean isGrpc(HttpServerRequest request) {
    if (request.version() != HttpVersion.HTTP_2) {
      return false;
    }
    String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    return type != null
        && type.startsWith("application/grpc")
        && !type.startsWith("application/grpc-web");
  }

  void start() {
    lateIn(traffic.settings().limits().bodyTimeout());
    response.closeHandler(closed -> clientGone());
    response.exceptionHandler(broken -> clientGone());
    request.exceptionHandler(broken -> clientGone());
    Problem problem = admission();
    if (problem != null) {
      answer(problem);
      return;
    }
    if (request.version() != HttpVersion.HTTP_2 && request.headers().contains(HttpHeaders.EXPECT)) {
      response.writeContinue();
    }
    String named = request.getHeader(Headers.MODEL);
    if (named != null) {
      ModelKey of = ModelKey.parse(named);
      target = new Target(target.kind(), of, request.uri(), "", null);
      found(of, "the header modelyard-model is '" + named + "', but must be {namespace}/{name}");
    } else if (target.kind() == Target.Kind.PATH) {
      found(target.model(), null);
    } else if (target.kind() == Target.Kind.UNKNOWN) {
      answer(Problem.of(404, target.problem()));
    } else if (request.method() != HttpMethod.POST) {
      answer(Problem.of(404, "only POST is routed by the model in the body; name it in the path"));
    } else {
      body.readModel(this::found, this::answer);
    }
  }

  /** Null where the request is taken. */
  private Problem admission() {
    if (traffic.underWay() > traffic.settings().limits().maxRequests()) {
      return Problem.later(503, "this gateway has as many requests under way as it takes", 1);
    }
    if (request.method() == HttpMethod.CONNECT || request.method() == HttpMethod.TRACE) {
      return Problem.of(405, request.method() + " is not taken: this is no open proxy");
    }
    target = Target.parse(request.uri());
    if (target.kind() == Target.Kind.MALFORMED) {
      return Problem.of(400, target.problem());
    }
    Problem problem = keyProblem();
    if (problem != null) {
      return problem;
    }
    String expect = request.getHeader(HttpHeaders.EXPECT);
    if (expect != null && !Headers.is(expect.strip(), "100-continue")) {
      return Problem.of(417, "no other expectation than 100-continue is met");
    }
    return body.isTooLarge() ? body.tooLarge() : null;
  }

  private Problem keyProblem() {
    ApiKeys keys = traffic.keys();
    if (keys == null) {
      return null;
    }
    String presented = Credentials.of(request);
    key = presented == null ? null : keys.find(presented);
    if (key == null) {
      return Problem.unauthorized(
          presented == null
              ? "an API key is needed: send Authorization: Bearer <key>, or x-api-key: <key>"
              : "the API key is not known");
    }
    long wait = key.limit() == null ? 0 : key.limit().take(arrived);
    return wait == 0
        ? null
        : Problem.later(
            429, "the API key '" + key.name() + "' has used up its requests", seconds(wait));
  }

  private void found(String named) {
    if (!done) {
      found(
          ModelKey.parse(named),
          named == null
              ? "the body has no \"model\": write \"model\": \"{namespace}/{name}\""
              : "\"model\" is '" + named + "', but must be {namespace}/{name}");
    }
  }

  private void found(ModelKey of, String otherwise) {
    if (of == null) {
      answer(Problem.of(404, otherwise));
      return;
    }
    if (key != null && !key.mayAsk(of)) {
      answer(Problem.of(403, "the API key '" + key.name() + "' may not ask " + of));
      return;
    }
    model = traffic.models().find(of);
    if (model == null) {
      answer(unknown(of));
    } else if (target.kind() == Target.Kind.BODY && target.model() == null) {
      dispatch();
    } else {
      body.readSmall(grpc, this::dispatch, this::answer);
    }
  }

  private Problem unknown(ModelKey of) {
    if (!traffic.models().isComplete()) {
      return Problem.later(503, "this gateway has just started and knows no models yet", 1);
    }
    return Problem.of(
        404,
        "there is no model "
            + of
            + ": write /{namespace}/{name}/… with the names of a ModelDeployment");
  }

  private void dispatch() {
    if (done) {
      return;
    }
    Pod pod = model.begin();
    if (pod == null) {
      hold();
    } else {
      send(pod);
    }
  }

  /** Waits for a pod, in the order of arrival. */
  private void hold() {
    waits = true;
    waitsSince = System.nanoTime();
    lateAt = Long.MAX_VALUE;
    GiveUp why = model.hold(this);
    if (why != null) {
      givenUpHere(why);
    }
  }

  @Override
  public long heldBytes() {
    return body.bytes();
  }

  /** Once held, a second time included, it waits no longer than the deadline from its arrival. */
  @Override
  public long heldUntil() {
    return arrived + traffic.settings().hold().deadline().toNanos();
  }

  @Override
  public void released(Pod pod) {
    loop.context()
        .runOnContext(
            now -> {
              waited();
              if (done) {
                model.end(pod);
              } else {
                send(pod);
              }
            });
  }

  @Override
  public void givenUp(GiveUp why) {
    loop.context()
        .runOnContext(
            now -> {
              if (!done) {
                waited();
                givenUpHere(why);
              }
            });
  }

  private void waited() {
    waits = false;
    long nanos = System.nanoTime() - waitsSince;
    heldNanos += nanos;
    model.metrics().waited(nanos);
  }

  private void givenUpHere(GiveUp why) {
    waits = false;
    model.metrics().rejected();
    answer(
        switch (why) {
          case FULL ->
              Problem.later(
                  503, "as many requests wait for " + name() + " as may", retryAfterSeconds());
          case DEADLINE ->
              Problem.later(
                  503,
                  "no replica of "
                      + name()
                      + " became ready within "
                      + traffic.settings().hold().deadline().toSeconds()
                      + " s",
                  retryAfterSeconds());
          case REFUSED -> refused(model.route().refusal());
          case GONE -> unknown(model.route().key());
          case STOPPING ->
              Problem.later(503, "this gateway stops before a replica is ready; ask again", 1);
        });
  }

  private Problem refused(Refusal refusal) {
    return refusal == null
        ? Problem.later(503, name() + " has no replica that is ready", retryAfterSeconds())
        : Problem.of(
            503,
            name()
                + " has no replica that is ready: "
                + refusal.reason()
                + ": "
                + refusal.message());
  }

  private String name() {
    return model.route().key().toString();
  }

  /** Where a pod is there and has too much to do, it is a matter of a moment. */
  private long retryAfterSeconds() {
    if (model.hasPods()) {
      return 1;
    }
    Duration coldStart = model.route().coldStart();
    return coldStart == null ? COLD_START_SECONDS : seconds(coldStart.toNanos());
  }

  private static long seconds(long nanos) {
    return Math.max(1, TimeUnit.NANOSECONDS.toSeconds(nanos + 999_999_999L));
  }

  private void send(Pod pod) {
    attempts++;
    tried.add(pod);
    attempt = new Attempt(this, pod);
    moved();
    attempt.start();
  }

  /** Nothing was sent to the pod: whoever is ready next takes it. */
  void unreachable(Pod pod) {
    attempt = null;
    if (pod.unreachable(System.nanoTime())) {
      model.metrics().ejected();
    }
    model.metrics().retried();
    Pod other = model.beginAgain(tried);
    model.end(pod);
    if (other != null) {
      send(other);
    } else {
      tried.clear();
      hold();
    }
  }

  /** A pod that the request may be sent to again, taken; null where there is none. */
  Pod another() {
    return attempts >= traffic.settings().upstream().attempts() || !body.isReplayable()
        ? null
        : model.beginAgain(tried);
  }

  /** Sends it to another pod. */
  void again(Pod pod, Pod other) {
    model.metrics().retried();
    model.end(pod);
    send(other);
  }

  /** The pod broke off its answer. */
  void brokeOff(Pod pod) {
    if (pod.brokeOff(System.nanoTime())) {
      model.metrics().ejected();
    }
  }

  /** Something came or went: time counts anew. */
  void moved() {
    lateAt = loop.now() + model.route().requestTimeout().toNanos();
  }

  private void lateIn(Duration duration) {
    lateAt = loop.now() + duration.toNanos();
  }

  boolean isLate(long now) {
    return lateAt != Long.MAX_VALUE && now - lateAt > 0;
  }

  void late() {
    if (done) {
      return;
    }
    if (attempt == null) {
      answer(Problem.of(408, "the request did not arrive in time"));
      return;
    }
    answer(Problem.of(504, "no answer from " + name() + " in time"));
  }

  /** Answers itself, or where the pod's answer has begun breaks that off. */
  void answer(Problem problem) {
    if (done) {
      return;
    }
    if (response.headWritten()) {
      finish(problem.status());
      breakOff();
      return;
    }
    boolean whole = body.isSmall();
    if (!request.isEnded()) {
      body.discard();
    }
    announceClose(whole);
    finish(problem.status());
    Answers.write(response, problem, grpc);
    loop.answered(request, whole);
  }

  /** Before the head is written. */
  void announceClose(boolean whole) {
    if ((!whole || traffic.isClosing()) && request.version() != HttpVersion.HTTP_2) {
      response.putHeader(HttpHeaders.CONNECTION, CLOSE);
    }
  }

  /** The client can tell that this is not all. */
  private void breakOff() {
    if (request.version() == HttpVersion.HTTP_2) {
      response.reset(2); // INTERNAL_ERROR
    } else {
      request.connection().close();
    }
  }

  /** The pod's answer is sent. */
  void answered(int status) {
    if (!done) {
      boolean whole = body.isSmall();
      finish(status);
      loop.answered(request, whole);
    }
  }

  private void clientGone() {
    if (done) {
      return;
    }
    if (waits && model.leave(this)) {
      waited();
    }
    finish(499);
  }

  private void finish(int status) {
    done = true;
    loop.ended(this, client);
    long nanos = System.nanoTime() - arrived;
    Pod pod = null;
    long sent = 0;
    if (attempt != null) {
      pod = attempt.pod();
      sent = attempt.sent();
      attempt.close();
      model.end(pod);
      attempt = null;
    }
    if (model == null) {
      traffic.metrics().unrouted(status);
    } else {
      model.metrics().answered(status, nanos);
    }
    if (traffic.settings().accessLog()) {
      log(status, nanos, pod, sent);
    }
  }

  private void log(int status, long nanos, Pod pod, long sent) {
    AccessLog.write(
        new AccessLog.Line(
            client.address(),
            request.method().name(),
            request.path(),
            request.version().alpnName(),
            model == null ? null : name(),
            status,
            sent,
            nanos,
            heldNanos,
            attempts,
            pod == null ? null : pod.endpoint().toString(),
            key == null ? null : key.name()));
  }

  boolean isDone() {
    return done;
  }

  boolean isGrpc() {
    return grpc;
  }

  HttpServerRequest request() {
    return request;
  }

  RequestBody body() {
    return body;
  }

  Target target() {
    return target;
  }

  Loop loop() {
    return loop;
  }

  Headers.Origin origin() {
    return new Headers.Origin(
        client.address(),
        request.version() == HttpVersion.HTTP_2
            ? request.authority() == null ? null : request.authority().toString()
            : request.getHeader(HttpHeaders.HOST),
        target.prefix(),
        grpc,
        traffic.settings().trustForwarded(),
        key != null);
  }
}

package dev.modelyard.gateway.proxy;

import dev.modelyard.gateway.balance.Pod;
import dev.modelyard.gateway.dispatch.LiveModel;
import dev.modelyard.gateway.dispatch.Waiter;
import dev.modelyard.gateway.keys.ApiKeys.ApiKey;
import dev.modelyard.gateway.routing.ModelKey;
import dev.modelyard.gateway.routing.Target;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;

/**
 * One request and its one answer, on the event loop of the client's connection: who may ask, for
 * which model, which pod takes it or how long it waits for one.
 */
final class Exchange implements Waiter {
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
  private boolean closes;
  private boolean done;

  Exchange(Loop loop, Loop.Client client, HttpServerRequest request) {
    this.loop = loop;
    this.client = client;
    this.request = request;
    this.response = request.response();
    this.traffic = loop.traffic();
    this.body = new RequestBody(request, traffic.settings().limits());
    this.grpc = Headers.isGrpc(request);
  }

  void start() {
    lateAt = loop.now() + traffic.settings().limits().bodyTimeout().toNanos();
    response.closeHandler(closed -> clientGone());
    response.exceptionHandler(broken -> clientGone());
    request.exceptionHandler(broken -> clientGone());
    Admission admission = Admission.of(request, body, traffic, arrived);
    target = admission.target();
    key = admission.key();
    if (admission.problem() != null) {
      answer(admission.problem());
      return;
    }
    if (request.version() != HttpVersion.HTTP_1_0
        && request.headers().contains(HttpHeaders.EXPECT)) {
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
      answer(NoPod.unknown(of, traffic.models()));
    } else if (target.kind() == Target.Kind.BODY && target.model() == null) {
      dispatch();
    } else {
      body.readSmall(grpc, this::dispatch, this::answer);
    }
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
    answer(NoPod.givenUp(why, model, traffic.models(), traffic.settings().hold().deadline()));
  }

  private String name() {
    return model.route().key().toString();
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

  /**
   * A pod for a request that one has refused unread, taken; the same where there is no other. Null
   * where it was tried often enough.
   */
  Pod anotherForRefused() {
    if (attempts >= traffic.settings().upstream().attempts() || !body.isReplayableIfRefused()) {
      return null;
    }
    Pod other = model.beginAgain(tried);
    return other == null ? model.beginAgain(List.of()) : other;
  }

  /** Sends it to another pod. */
  void again(Pod pod, Pod other) {
    body.again();
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
    loop.answered(request, closes);
  }

  /** Before the head is written: a connection is closed only where the client was told. */
  void announceClose(boolean whole) {
    closes = !whole || traffic.isClosing();
    if (closes && request.version() != HttpVersion.HTTP_2) {
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
      finish(status);
      loop.answered(request, closes);
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
    return Headers.Origin.of(
        request,
        client.address(),
        target.prefix(),
        grpc,
        traffic.settings().trustForwarded(),
        key != null);
  }
}

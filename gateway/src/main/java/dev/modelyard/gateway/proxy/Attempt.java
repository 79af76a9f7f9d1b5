package dev.modelyard.gateway.proxy;

import dev.modelyard.gateway.balance.Pod;
import io.vertx.core.AsyncResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;

/** One request as it is sent to one pod, and the pod's answer on its way to the client. */
final class Attempt {
  private static final long REFUSED_STREAM = 7;
  private static final long CANCEL = 8;

  /** Of a pod that says to ask later, and not when. */
  private static final Duration A_MOMENT = Duration.ofSeconds(1);

  private final Exchange exchange;
  private final Pod pod;
  private final HttpServerResponse client;
  private HttpClientRequest request;
  private HttpClientResponse answer;
  private long length = -1;
  private long sent;
  private boolean over;

  Attempt(Exchange exchange, Pod pod) {
    this.exchange = exchange;
    this.pod = pod;
    this.client = exchange.request().response();
  }

  Pod pod() {
    return pod;
  }

  /** Bytes of the answer's body. */
  long sent() {
    return sent;
  }

  void start() {
    exchange
        .loop()
        .upstreams()
        .request(
            pod.endpoint(),
            exchange.request().method(),
            exchange.target().upstreamUri(),
            exchange.isGrpc())
        .onComplete(this::connected);
  }

  private void connected(AsyncResult<HttpClientRequest> connected) {
    if (connected.failed()) {
      if (!over) {
        over = true;
        exchange.unreachable(pod);
      }
      return;
    }
    HttpClientRequest pods = connected.result();
    if (over) {
      pods.reset(CANCEL);
      return;
    }
    request = pods;
    Headers.request(exchange.request().headers(), pods.headers(), exchange.origin());
    if (exchange.isGrpc()) {
      pods.putHeader("te", "trailers");
    }
    pods.response().onComplete(this::answered);
    pods.exceptionHandler(this::failed);
    exchange.body().sendTo(pods, exchange::moved, exchange::answer);
  }

  private void answered(AsyncResult<HttpClientResponse> answered) {
    if (answered.failed()) {
      failed(answered.cause());
      return;
    }
    if (over) {
      return;
    }
    answer = answered.result();
    pod.answered();
    exchange.moved();
    if (busy(answer)) {
      Pod other = exchange.another();
      if (other != null) {
        over = true;
        answer.resume();
        exchange.again(pod, other);
        return;
      }
    }
    pass();
  }

  /** Whether the pod asks to be left alone for a while. */
  private boolean busy(HttpClientResponse from) {
    int status = from.statusCode();
    if (status != 429 && status != 503) {
      return false;
    }
    String after = from.getHeader(HttpHeaders.RETRY_AFTER);
    if (after == null) {
      return false;
    }
    pod.pause(retryAfter(after), System.nanoTime());
    return true;
  }

  private static Duration retryAfter(String text) {
    try {
      return Duration.ofSeconds(Math.max(0, Math.min(3600, Long.parseLong(text.strip()))));
    } catch (NumberFormatException e) {
      // A date: the pod's clock may differ, and a moment is enough to ask again.
      return A_MOMENT;
    }
  }

  private void pass() {
    HttpClientResponse from = answer;
    client.setStatusCode(from.statusCode());
    Headers.response(from.headers(), client.headers());
    boolean bodiless = isBodiless(from.statusCode());
    String declared = from.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (declared != null) {
      length = bodiless ? -1 : Long.parseLong(declared);
    } else if (!bodiless) {
      client.setChunked(true);
      if (!from.headers().contains("grpc-status")) {
        // A stream's client may wait for the head. What came with it goes out with it.
        exchange.loop().context().runOnContext(soon -> head());
      }
    }
    exchange.announceClose(exchange.body().isSmall());
    from.exceptionHandler(this::failed);
    from.handler(this::part);
    from.endHandler(this::end);
  }

  private boolean isBodiless(int status) {
    return exchange.request().method() == HttpMethod.HEAD || status == 204 || status == 304;
  }

  private void head() {
    if (!over && !client.headWritten()) {
      client.write(Buffer.buffer());
    }
  }

  private void part(Buffer part) {
    if (over) {
      return;
    }
    exchange.moved();
    sent += part.length();
    if (sent == length && !exchange.isGrpc()) {
      // All there is, trailers come over HTTP/2 alone: the end goes out with it.
      client.end(part);
      return;
    }
    client.write(part);
    if (client.writeQueueFull()) {
      answer.pause();
      client.drainHandler(drained -> answer.resume());
    }
  }

  private void end(Void end) {
    if (over) {
      return;
    }
    if (!client.ended()) {
      if (!answer.trailers().isEmpty()
          && (client.isChunked() || exchange.request().version() == HttpVersion.HTTP_2)) {
        client.trailers().addAll(answer.trailers());
      }
      client.end();
    }
    exchange.answered(answer.statusCode());
  }

  private void failed(Throwable cause) {
    if (over) {
      return;
    }
    boolean refused = answer == null && isRefused(cause);
    if (!refused) {
      exchange.brokeOff(pod);
    }
    Pod other = null;
    if (refused) {
      other = exchange.anotherForRefused();
    } else if (answer == null && isIdempotent(exchange.request().method())) {
      other = exchange.another();
    }
    if (other != null) {
      over = true;
      exchange.again(pod, other);
      return;
    }
    exchange.answer(
        refused
            ? Problem.later(503, "the replica refused the request unread; ask again", 1)
            : Problem.of(
                502,
                "the replica that took the request closed the connection before it had answered;"
                    + " it may have been computed"));
  }

  /** Whether the pod says that it has not looked at the request. */
  private boolean isRefused(Throwable cause) {
    if (cause instanceof StreamResetException reset) {
      return reset.getCode() == REFUSED_STREAM;
    }
    // A GOAWAY closes the streams after the last that is answered, and the others end with the
    // connection.
    return cause instanceof HttpClosedException closed
        && closed.goAway() != null
        && ((ConnectionBase) request.connection()).channel().isActive();
  }

  private static boolean isIdempotent(HttpMethod method) {
    return method == HttpMethod.GET
        || method == HttpMethod.HEAD
        || method == HttpMethod.OPTIONS
        || method == HttpMethod.PUT
        || method == HttpMethod.DELETE;
  }

  /** The exchange is over; where the pod is not done, it need not go on. */
  void close() {
    if (!over) {
      over = true;
      if (request != null && (!client.ended() || !exchange.body().isSmall())) {
        request.reset(CANCEL);
      }
    }
  }
}

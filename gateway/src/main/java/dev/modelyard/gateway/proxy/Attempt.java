package dev.modelyard.gateway.proxy;

import dev.modelyard.gateway.balance.Pod;
import io.vertx.core.AsyncResult;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;

/** One request as it is sent to one pod, and the pod's answer on its way to the client. */
final class Attempt implements PodRequest.Listener {
  /** Of a pod that says to ask later, and not when. */
  private static final Duration A_MOMENT = Duration.ofSeconds(1);

  private final Exchange exchange;
  private final Pod pod;
  private final HttpServerResponse client;
  private PodRequest request;
  private int status;
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
            exchange.isGrpc(),
            this);
  }

  @Override
  public void unreachable() {
    if (!over) {
      over = true;
      exchange.unreachable(pod);
    }
  }

  @Override
  public void connected(PodRequest connected) {
    if (over) {
      connected.cancel();
      return;
    }
    request = connected;
    Headers.request(exchange.request().headers(), connected.headers(), exchange.origin());
    if (exchange.isGrpc()) {
      connected.headers().set("te", "trailers");
    }
    exchange.body().sendTo(connected, exchange::moved, exchange::answer);
  }

  @Override
  public void head(int code, MultiMap headers) {
    if (over) {
      return;
    }
    status = code;
    pod.answered();
    exchange.moved();
    if (busy(headers)) {
      Pod other = exchange.another();
      if (other != null) {
        over = true;
        exchange.again(pod, other);
        return;
      }
    }
    pass(headers);
  }

  /** Whether the pod asks to be left alone for a while. */
  private boolean busy(MultiMap headers) {
    if (status != 429 && status != 503) {
      return false;
    }
    String after = headers.get(HttpHeaders.RETRY_AFTER);
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

  private void pass(MultiMap headers) {
    client.setStatusCode(status);
    Headers.response(headers, client.headers());
    boolean bodiless = isBodiless();
    String declared = headers.get(HttpHeaders.CONTENT_LENGTH);
    if (declared != null) {
      length = bodiless ? -1 : Long.parseLong(declared);
    } else if (!bodiless) {
      client.setChunked(true);
      if (!headers.contains("grpc-status")) {
        // A stream's client may wait for the head. What came with it goes out with it.
        exchange.loop().context().runOnContext(soon -> sendHead());
      }
    }
    exchange.announceClose(exchange.body().isSmall());
  }

  private boolean isBodiless() {
    return exchange.request().method() == HttpMethod.HEAD || status == 204 || status == 304;
  }

  private void sendHead() {
    if (!over && !client.headWritten()) {
      client.write(Buffer.buffer());
    }
  }

  @Override
  public void part(Buffer part) {
    if (over) {
      return;
    }
    exchange.moved();
    sent += part.length();
    if (sent == length && !exchange.isGrpc()) {
      // All there is, trailers come over HTTP/2 alone: the end goes out with it.
      client.end(part, null);
      return;
    }
    client.write(part, null);
    if (client.writeQueueFull()) {
      request.pause();
      client.drainHandler(drained -> request.resume());
    }
  }

  @Override
  public void end(MultiMap trailers) {
    if (over) {
      return;
    }
    if (!client.ended()) {
      if (!trailers.isEmpty()
          && (client.isChunked() || exchange.request().version() == HttpVersion.HTTP_2)) {
        client.trailers().addAll(trailers);
      }
      client.end((Handler<AsyncResult<Void>>) null);
    }
    exchange.answered(status);
  }

  @Override
  public void failed(boolean unread) {
    if (over) {
      return;
    }
    boolean begun = status != 0;
    boolean refused = unread && !begun;
    if (!refused) {
      exchange.brokeOff(pod);
    }
    Pod other = null;
    if (refused) {
      other = exchange.anotherForRefused();
    } else if (!begun && isIdempotent(exchange.request().method())) {
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
        request.cancel();
      }
    }
  }
}

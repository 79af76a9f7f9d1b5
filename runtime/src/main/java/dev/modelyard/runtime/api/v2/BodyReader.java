package dev.modelyard.runtime.api.v2;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Reads a body into memory, within a limit, and never to disk. What is allocated grows with what
 * has arrived, not with what was announced.
 */
final class BodyReader {
  private static final byte[] NOTHING = {};

  /**
   * How long the rest of a refused body is read and dropped, so that the client sees the answer.
   */
  private static final long DISCARD_MILLIS = 10_000;

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final long limit;
  private final MemoryBudget.Share memory;
  private final long timeoutMillis;
  private final BiConsumer<byte[], Integer> done;
  private final Consumer<ProtocolException> refused;
  private byte[] body = NOTHING;
  private long expected;
  private int length;
  private long timer = -1;
  private boolean over;

  /**
   * @param limit bytes, fewer than an array can have
   * @param memory pays for the body; the caller closes it
   * @param done takes the body: the first so many bytes of the array
   */
  BodyReader(
      Vertx vertx,
      HttpServerRequest request,
      long limit,
      MemoryBudget.Share memory,
      long timeoutMillis,
      BiConsumer<byte[], Integer> done,
      Consumer<ProtocolException> refused) {
    this.vertx = vertx;
    this.request = request;
    this.limit = limit;
    this.memory = memory;
    this.timeoutMillis = timeoutMillis;
    this.done = done;
    this.refused = refused;
  }

  void read() {
    String announced = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    long size = announced == null ? -1 : Long.parseLong(announced);
    if (size > limit) {
      refuse(tooLarge(limit));
      return;
    }
    expected = size < 0 ? limit : size;
    // Also for a small body: one that never ends would hold its connection and its memory.
    timer = vertx.setTimer(Math.max(1, timeoutMillis), id -> timedOut());
    request.handler(this::append);
    request.endHandler(end -> finish());
    request.exceptionHandler(error -> stop());
    if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
      request.response().writeContinue();
    }
  }

  private void append(Buffer chunk) {
    if (over) {
      return;
    }
    int needed = length + chunk.length();
    if (needed > limit || needed < 0) {
      refuse(tooLarge(limit));
      return;
    }
    if (needed > body.length) {
      long grown = Math.max(needed, Math.min(expected, 2L * needed));
      if (!paid(grown - body.length)) {
        return;
      }
      body = Arrays.copyOf(body, (int) grown);
    }
    chunk.getBytes(body, length);
    length = needed;
  }

  private boolean paid(long bytes) {
    try {
      memory.take(bytes);
      return true;
    } catch (ProtocolException e) {
      refuse(e);
      return false;
    }
  }

  private void finish() {
    if (!over) {
      stop();
      done.accept(body, length);
    }
  }

  private void timedOut() {
    timer = -1;
    refuse(
        new ProtocolException(
            504, "the body did not arrive within the request timeout of " + timeoutMillis + " ms"));
  }

  static ProtocolException tooLarge(long limit) {
    return new ProtocolException(
        413,
        "the body is larger than the limit of "
            + limit
            + " bytes; send fewer rows a request, or use binary tensors");
  }

  private void refuse(ProtocolException why) {
    stop();
    body = null;
    discard(vertx, request);
    refused.accept(why);
  }

  private void stop() {
    over = true;
    if (timer >= 0) {
      vertx.cancelTimer(timer);
      timer = -1;
    }
  }

  /**
   * Reads the rest of a body that nobody wants, for a while: a connection that is closed on a
   * client in the middle of sending loses the answer.
   */
  static void discard(Vertx vertx, HttpServerRequest request) {
    if (request.isEnded()) {
      return;
    }
    long timer = vertx.setTimer(DISCARD_MILLIS, id -> end(request));
    request.handler(chunk -> {});
    request.exceptionHandler(error -> vertx.cancelTimer(timer));
    request.endHandler(end -> vertx.cancelTimer(timer));
    request.resume();
  }

  /** A connection of HTTP/2 carries other requests, too. */
  private static void end(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset();
    } else {
      request.connection().close();
    }
  }
}

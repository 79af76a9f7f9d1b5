package dev.modelyard.gateway.proxy;

import dev.modelyard.gateway.config.GatewaySettings;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.function.Consumer;

/**
 * The body of a client's request. A small one is read whole, so that it can be sent again; any
 * other stays with the client until a pod takes it, as fast as that does.
 */
final class RequestBody {
  private final HttpServerRequest request;
  private final GatewaySettings.Limits limits;
  private final long declared;
  private final boolean chunked;

  /** What was read before a pod was found: all, or the beginning; null for nothing. */
  private Buffer read;

  private boolean grown;
  private boolean whole;
  private boolean taken;
  private boolean ended;
  private long streamed;

  /** Takes it now; null where none does. */
  private PodRequest to;

  /** What of a stream was sent to a pod, to be sent to another; null where nothing is kept. */
  private Buffer kept;

  RequestBody(HttpServerRequest request, GatewaySettings.Limits limits) {
    this.request = request;
    this.limits = limits;
    this.declared = declared(request);
    this.chunked =
        request.version() == HttpVersion.HTTP_2
            ? declared < 0
            : request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
  }

  private static long declared(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length == null) {
      return -1;
    }
    try {
      return Long.parseLong(length);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  /** Whether the client has said that it is more than it may be. */
  boolean isTooLarge() {
    return declared > limits.maxBody();
  }

  /** Bytes in memory. */
  long bytes() {
    return read == null ? 0 : read.length();
  }

  /**
   * Whether the connection can be used again though nobody reads the body: little or none is left.
   */
  boolean isSmall() {
    return request.isEnded() || !chunked && declared <= limits.maxReplay();
  }

  /** Whether it is sent to another pod as it was to the first. */
  boolean isReplayable() {
    return whole || !taken;
  }

  /** The same, for a pod that has not looked at what it was sent. */
  boolean isReplayableIfRefused() {
    return isReplayable() || kept != null;
  }

  /** A pod did not take it: nothing more is read until another one does. */
  void again() {
    to = null;
    if (!whole && !request.isEnded()) {
      request.pause();
    }
  }

  /**
   * Reads what is read before a pod is chosen: a small body.
   *
   * @param grpc whose client may wait for the answer before it goes on
   * @param then is called at once, or when it is read
   * @param problem is called instead where it is too large
   */
  void readSmall(boolean grpc, Runnable then, Consumer<Problem> problem) {
    if (!chunked && declared <= 0) {
      whole = true;
      then.run();
    } else if (!chunked && declared <= limits.maxReplay() || chunked && !grpc && hasNoBody()) {
      request.handler(
          part -> {
            keep(part);
            if (read.length() > limits.maxReplay()) {
              problem.accept(tooLarge());
            }
          });
      request.endHandler(
          end -> {
            whole = true;
            then.run();
          });
    } else {
      request.pause();
      // Its server may refuse the stream, and its client says its length only by ending.
      kept = grpc ? Buffer.buffer() : null;
      then.run();
    }
  }

  /** Over HTTP/2, where nothing else tells that there is none. */
  private boolean hasNoBody() {
    HttpMethod method = request.method();
    return request.version() == HttpVersion.HTTP_2
        && (method == HttpMethod.GET
            || method == HttpMethod.HEAD
            || method == HttpMethod.OPTIONS
            || method == HttpMethod.DELETE);
  }

  /**
   * Reads until the model is known, or the body has ended.
   *
   * @param found is given the model's name, null where there is none
   * @param problem is called instead where it is not among the first bytes, or is no JSON
   */
  void readModel(Consumer<String> found, Consumer<Problem> problem) {
    ModelPeek peek = new ModelPeek();
    request.handler(
        part -> {
          keep(part);
          switch (peek.feed(part)) {
            case FOUND -> peeked(() -> found.accept(peek.model()));
            case ABSENT -> peeked(() -> found.accept(null));
            case BROKEN ->
                peeked(() -> problem.accept(Problem.of(400, "the body is not a JSON object")));
            default -> {
              if (read.length() > limits.maxPeek()) {
                peeked(
                    () ->
                        problem.accept(
                            Problem.of(
                                400,
                                "\"model\" is not within the first "
                                    + limits.maxPeek()
                                    + " bytes of the body: put it first")));
              }
            }
          }
        });
    request.endHandler(
        end -> {
          whole = true;
          found.accept(null);
        });
  }

  private void peeked(Runnable then) {
    if (declared >= 0 && read.length() == declared) {
      // Nothing more will come but the end.
      whole = true;
      request.handler(null).endHandler(null);
    } else {
      request.handler(null).endHandler(null).pause();
    }
    then.run();
  }

  private void keep(Buffer part) {
    if (read == null) {
      read = part;
      return;
    }
    if (!grown) {
      grown = true;
      read = Buffer.buffer(2 * (read.length() + part.length())).appendBuffer(read);
    }
    read.appendBuffer(part);
  }

  /**
   * Sends it to a pod.
   *
   * @param moved is called with every part
   * @param problem is called where the client sends more than it may
   */
  void sendTo(PodRequest pod, Runnable moved, Consumer<Problem> problem) {
    if (whole) {
      pod.send(read);
      return;
    }
    to = pod;
    pod.begin(chunked ? -1 : declared);
    if (taken && kept != null) {
      againTo(pod);
    } else if (read != null) {
      streamed = read.length();
      pod.write(read);
      read = null;
    }
    taken = true;
    if (ended) {
      return;
    }
    request.handler(part -> part(pod, part, moved, problem));
    request.endHandler(
        end -> {
          ended = true;
          pod.end();
        });
    request.resume();
  }

  /** What was sent to a pod that did not take it; the rest follows. */
  private void againTo(PodRequest pod) {
    if (kept.length() > 0) {
      pod.write(kept.copy());
    }
    if (ended) {
      pod.end();
    }
  }

  private void part(PodRequest pod, Buffer part, Runnable moved, Consumer<Problem> problem) {
    streamed += part.length();
    if (streamed > limits.maxBody()) {
      problem.accept(tooLarge());
      return;
    }
    moved.run();
    if (kept != null) {
      kept = streamed > limits.maxReplay() ? null : kept.appendBuffer(part);
    }
    pod.write(part);
    if (pod.isFull()) {
      request.pause();
      pod.whenDrained(
          () -> {
            if (to == pod) {
              request.resume();
            }
          });
    }
  }

  Problem tooLarge() {
    return Problem.of(
        413, "the body is larger than the " + limits.maxBody() + " bytes that this gateway takes");
  }

  /** What is still to come is thrown away. */
  void discard() {
    request.handler(null).endHandler(null);
    request.resume();
  }
}

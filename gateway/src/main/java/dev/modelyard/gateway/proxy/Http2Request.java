package dev.modelyard.gateway.proxy;

import io.vertx.core.AsyncResult;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.net.impl.ConnectionBase;

/** A request over HTTP/2. */
final class Http2Request implements PodRequest {
  private static final long REFUSED_STREAM = 7;
  private static final long CANCEL = 8;

  private final HttpClientRequest request;
  private final Listener listener;
  private HttpClientResponse response;

  Http2Request(HttpClientRequest request, Listener listener) {
    this.request = request;
    this.listener = listener;
    request.exceptionHandler(this::failed);
    request.response().onComplete(this::answered);
  }

  private void answered(AsyncResult<HttpClientResponse> answered) {
    if (answered.failed()) {
      failed(answered.cause());
      return;
    }
    response = answered.result();
    response.exceptionHandler(this::failed);
    response.handler(listener::part);
    response.endHandler(end -> listener.end(response.trailers()));
    listener.head(response.statusCode(), response.headers());
  }

  private void failed(Throwable cause) {
    listener.failed(isRefused(cause));
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

  @Override
  public MultiMap headers() {
    return request.headers();
  }

  @Override
  public void send(Buffer body) {
    if (body == null) {
      request.end();
    } else {
      request.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length())).end(body);
    }
  }

  @Override
  public void begin(long length) {
    if (length < 0) {
      request.setChunked(true);
    } else {
      request.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
    }
    request.sendHead();
  }

  @Override
  public void write(Buffer part) {
    request.write(part);
  }

  @Override
  public void end() {
    request.end();
  }

  @Override
  public boolean isFull() {
    return request.writeQueueFull();
  }

  @Override
  public void whenDrained(Runnable drained) {
    request.drainHandler(now -> drained.run());
  }

  @Override
  public void pause() {
    response.pause();
  }

  @Override
  public void resume() {
    response.resume();
  }

  @Override
  public void cancel() {
    request.reset(CANCEL);
  }
}

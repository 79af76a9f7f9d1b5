package dev.modelyard.runtime.api.v2;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.modelyard.runtime.inference.BatchingInferenceService;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.concurrent.TimeUnit;

/** One request and its one answer, on the event loop of its connection. */
final class Exchange {
  static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  static final CharSequence BINARY = HttpHeaders.createOptimized("application/octet-stream");
  private static final CharSequence CLOSE = HttpHeaders.createOptimized("close");

  private static final int LONGEST_REQUEST_HOURS = 1;

  private final HttpServerRequest request;
  private final BatchingInferenceService service;
  private final RequestMetrics metrics;
  private final long arrived = System.nanoTime();
  private boolean measured;
  private boolean answered;
  private boolean promised;
  private MemoryBudget.Share memory;

  Exchange(HttpServerRequest request, BatchingInferenceService service, RequestMetrics metrics) {
    this.request = request;
    this.service = service;
    this.metrics = metrics;
  }

  HttpServerRequest request() {
    return request;
  }

  /** Counts this one in the latency histogram: a request to infer. */
  void measure() {
    measured = true;
  }

  /**
   * The memory of the request until it is in the queue; given back with the answer at the latest.
   */
  void takeMemoryFrom(MemoryBudget budget) {
    memory = budget.share();
  }

  MemoryBudget.Share memory() {
    return memory;
  }

  /** From now on a drain waits for the answer to be written. */
  void promise() {
    promised = true;
    service.exchanges().begin();
  }

  void ok(Buffer body) {
    answer(200, JSON, body);
  }

  void error(ProtocolException error) {
    if (error.retryAfterSeconds() > 0) {
      response().putHeader(HttpHeaders.RETRY_AFTER, Integer.toString(error.retryAfterSeconds()));
    }
    StringBuilder json = new StringBuilder("{\"error\":\"");
    JsonStringEncoder.getInstance().quoteAsString(error.getMessage(), json);
    answer(error.status(), JSON, Buffer.buffer(json.append("\"}").toString()));
  }

  void answer(int status, CharSequence contentType, Buffer body) {
    if (answered) {
      return;
    }
    answered = true;
    giveMemoryBack();
    if (measured) {
      metrics.record(status, System.nanoTime() - arrived);
    }
    HttpServerResponse response = response();
    if (response.closed()) {
      written();
      return;
    }
    response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, contentType);
    boolean close = service.isClosing();
    if (close && request.version() != HttpVersion.HTTP_2) {
      response.putHeader(HttpHeaders.CONNECTION, CLOSE);
    }
    response
        .end(body)
        .onComplete(
            end -> {
              written();
              if (close) {
                closeConnection();
              }
            });
  }

  /** The client went away before its answer. */
  void abandoned() {
    if (!answered) {
      answered = true;
      giveMemoryBack();
      if (measured) {
        metrics.record(499, System.nanoTime() - arrived);
      }
      written();
    }
  }

  HttpServerResponse response() {
    return request.response();
  }

  /** Vert.x writes the header and leaves the connection open. */
  private void closeConnection() {
    if (request.version() == HttpVersion.HTTP_2) {
      // Not with the default of 30 s, after which what is still computed would be cut off.
      request.connection().shutdown(LONGEST_REQUEST_HOURS, TimeUnit.HOURS);
    } else if (request.isEnded()) {
      request.connection().close();
    }
  }

  private void giveMemoryBack() {
    if (memory != null) {
      memory.close();
    }
  }

  private void written() {
    if (promised) {
      promised = false;
      service.exchanges().end();
    }
  }
}

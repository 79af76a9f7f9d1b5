package dev.modelyard.gateway.proxy;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;

/** Writes a {@link Problem} in the form that the client understands. */
final class Answers {
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final CharSequence GRPC = HttpHeaders.createOptimized("application/grpc");

  private Answers() {}

  /**
   * {@code {"error": "…"}}, as the Open Inference Protocol has it; to a gRPC client its own way.
   */
  static void write(HttpServerResponse response, Problem problem, boolean grpc) {
    if (problem.retryAfter() > 0) {
      response.putHeader(HttpHeaders.RETRY_AFTER, Long.toString(problem.retryAfter()));
    }
    if (grpc) {
      response
          .setStatusCode(200)
          .putHeader(HttpHeaders.CONTENT_TYPE, GRPC)
          .putHeader("grpc-status", Integer.toString(problem.grpcStatus()))
          .putHeader("grpc-message", percentEncoded(problem.message()))
          .end();
      return;
    }
    if (problem.challenge() != null) {
      response.putHeader("www-authenticate", problem.challenge());
    }
    StringBuilder json = new StringBuilder("{\"error\":\"");
    JsonStringEncoder.getInstance().quoteAsString(problem.message(), json);
    response
        .setStatusCode(problem.status())
        .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
        .end(Buffer.buffer(json.append("\"}").toString()));
  }

  /** As gRPC's HTTP mapping wants it. */
  static String percentEncoded(String message) {
    StringBuilder encoded = new StringBuilder(message.length() + 16);
    for (byte b : message.getBytes(StandardCharsets.UTF_8)) {
      if (b >= ' ' && b <= '~' && b != '%') {
        encoded.append((char) b);
      } else {
        encoded.append('%').append("%02X".formatted(b & 0xff));
      }
    }
    return encoded.toString();
  }
}

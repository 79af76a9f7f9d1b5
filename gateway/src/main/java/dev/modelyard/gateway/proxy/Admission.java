package dev.modelyard.gateway.proxy;

import dev.modelyard.gateway.keys.ApiKeys;
import dev.modelyard.gateway.keys.ApiKeys.ApiKey;
import dev.modelyard.gateway.routing.Target;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;

/**
 * Whether a request is taken, by its head alone.
 *
 * @param target null where it was not looked at
 * @param key of who asks; null where there is none, or keys are off
 * @param problem null where the request is taken
 */
record Admission(Target target, ApiKey key, Problem problem) {
  /**
   * No other: CONNECT would make this an open proxy, and over HTTP/2 a method may be any text,
   * which must not become part of a head over HTTP/1.1.
   */
  private static final Set<HttpMethod> TAKEN =
      Set.of(
          HttpMethod.GET,
          HttpMethod.HEAD,
          HttpMethod.POST,
          HttpMethod.PUT,
          HttpMethod.PATCH,
          HttpMethod.DELETE,
          HttpMethod.OPTIONS);

  private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS";

  /**
   * @param arrived of {@link System#nanoTime}
   */
  static Admission of(HttpServerRequest request, RequestBody body, Traffic traffic, long arrived) {
    if (traffic.underWay() > traffic.settings().limits().maxRequests()) {
      return refused(
          Problem.later(503, "this gateway has as many requests under way as it takes", 1));
    }
    if (!TAKEN.contains(request.method())) {
      return refused(Problem.of(405, "only " + METHODS + " are taken"));
    }
    // Over HTTP/1.1 Vert.x has looked at it.
    int most = traffic.settings().limits().maxTarget();
    if (request.uri().length() > most) {
      return refused(Problem.of(414, "the target is longer than " + most + " bytes"));
    }
    Target target = Target.parse(request.uri());
    if (target.kind() == Target.Kind.MALFORMED) {
      return refused(Problem.of(400, target.problem()));
    }
    ApiKeys keys = traffic.keys();
    if (keys == null) {
      return new Admission(target, null, ofItsHead(request, body));
    }
    String presented = Credentials.of(request);
    ApiKey key = presented == null ? null : keys.find(presented);
    Problem problem = key == null ? unknown(presented) : overLimit(key, arrived);
    return new Admission(target, key, problem == null ? ofItsHead(request, body) : problem);
  }

  private static Admission refused(Problem problem) {
    return new Admission(null, null, problem);
  }

  private static Problem unknown(String presented) {
    return Problem.unauthorized(
        presented == null
            ? "an API key is needed: send Authorization: Bearer <key>, or x-api-key: <key>"
            : "the API key is not known");
  }

  private static Problem overLimit(ApiKey key, long arrived) {
    long wait = key.limit() == null ? 0 : key.limit().take(arrived);
    return wait == 0
        ? null
        : Problem.later(
            429,
            "the API key '" + key.name() + "' has used up its requests",
            Problem.seconds(wait));
  }

  private static Problem ofItsHead(HttpServerRequest request, RequestBody body) {
    String expect = request.getHeader(HttpHeaders.EXPECT);
    if (expect != null && !Headers.is(expect.strip(), "100-continue")) {
      return Problem.of(417, "no other expectation than 100-continue is met");
    }
    return body.isTooLarge() ? body.tooLarge() : null;
  }
}

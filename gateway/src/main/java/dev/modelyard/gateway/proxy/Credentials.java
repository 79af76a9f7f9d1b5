package dev.modelyard.gateway.proxy;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/** The API key that a request brings. */
final class Credentials {
  private static final String BEARER = "Bearer ";

  /** No key is as long; a longer one need not be hashed. */
  private static final int LONGEST = 1024;

  private Credentials() {}

  /** Null where there is none. */
  static String of(HttpServerRequest request) {
    String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
    String key =
        authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
            ? authorization.substring(BEARER.length()).strip()
            : request.getHeader(Headers.API_KEY);
    return key == null || key.isEmpty() || key.length() > LONGEST ? null : key;
  }
}

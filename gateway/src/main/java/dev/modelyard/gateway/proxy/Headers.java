package dev.modelyard.gateway.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Which headers pass, and what is added: RFC 9110 section 7.6, RFC 7239. */
final class Headers {
  /** Names the model where the path does not. */
  static final CharSequence MODEL = HttpHeaders.createOptimized("modelyard-model");

  static final CharSequence API_KEY = HttpHeaders.createOptimized("x-api-key");
  private static final CharSequence VIA = HttpHeaders.createOptimized("via");
  private static final CharSequence FORWARDED = HttpHeaders.createOptimized("forwarded");
  private static final CharSequence FOR = HttpHeaders.createOptimized("x-forwarded-for");
  private static final CharSequence PROTO = HttpHeaders.createOptimized("x-forwarded-proto");
  private static final CharSequence HOST = HttpHeaders.createOptimized("x-forwarded-host");
  private static final CharSequence PREFIX = HttpHeaders.createOptimized("x-forwarded-prefix");
  private static final CharSequence HTTP = HttpHeaders.createOptimized("http");
  private static final CharSequence VIA_1 = HttpHeaders.createOptimized("1.1 modelyard");
  private static final CharSequence VIA_2 = HttpHeaders.createOptimized("2.0 modelyard");

  private Headers() {}

  /**
   * Who asks, and how.
   *
   * @param client IP address
   * @param host what the client asked for: Host or :authority; null where it said nothing
   * @param prefix what was taken off the path
   * @param trusted whether the client's own forwarding headers are believed
   * @param keys whether API keys are on: then they are the gateway's and go no further
   */
  record Origin(
      String client, String host, String prefix, boolean http2, boolean trusted, boolean keys) {

    static Origin of(
        HttpServerRequest request,
        String client,
        String prefix,
        boolean grpc,
        boolean trusted,
        boolean keys) {
      return new Origin(client, host(request), prefix, grpc, trusted, keys);
    }

    private static String host(HttpServerRequest request) {
      if (request.version() != HttpVersion.HTTP_2) {
        return request.getHeader(HttpHeaders.HOST);
      }
      return request.authority() == null ? null : request.authority().toString();
    }
  }

  /** Whether it is a call of gRPC, which is HTTP/2 always. */
  static boolean isGrpc(HttpServerRequest request) {
    if (request.version() != HttpVersion.HTTP_2) {
      return false;
    }
    String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    return type != null
        && type.startsWith("application/grpc")
        && !type.startsWith("application/grpc-web");
  }

  /** The headers of the request to the pod. Its length and its framing are the sender's. */
  static void request(MultiMap from, MultiMap to, Origin origin) {
    Set<String> named = named(from);
    for (Map.Entry<String, String> header : from) {
      String name = header.getKey();
      if (passes(name, named) && isOfTheRequest(name, origin)) {
        to.add(name, header.getValue());
      }
    }
    if (origin.host() != null && !origin.http2()) {
      to.set(HttpHeaders.HOST, origin.host());
    }
    to.add(VIA, origin.http2() ? VIA_2 : VIA_1);
    forwarded(from, to, origin);
  }

  private static boolean isOfTheRequest(String name, Origin origin) {
    return switch (name.length()) {
      case 4 -> !is(name, "host");
      case 6 -> !is(name, "expect");
      case 9 ->
          !(is(name, "x-api-key") && origin.keys()) && (origin.trusted() || !is(name, "forwarded"));
      case 13 -> !(is(name, "authorization") && origin.keys());
      case 14 -> !is(name, "content-length");
      case 15 -> !is(name, "x-forwarded-for");
      case 16 -> !is(name, "x-forwarded-host");
      case 17 -> !is(name, "x-forwarded-proto");
      case 18 -> !is(name, "x-forwarded-prefix");
      default -> true;
    };
  }

  private static void forwarded(MultiMap from, MultiMap to, Origin origin) {
    boolean trusted = origin.trusted();
    String chain = trusted ? joined(from.getAll(FOR)) : null;
    to.set(FOR, chain == null ? origin.client() : chain + ", " + origin.client());
    String proto = trusted ? from.get(PROTO) : null;
    to.set(PROTO, proto == null ? HTTP : proto);
    String host = trusted ? from.get(HOST) : null;
    if (host == null) {
      host = origin.host();
    }
    if (host != null) {
      to.set(HOST, host);
    }
    String prefix = trusted ? from.get(PREFIX) : null;
    String whole = prefix == null ? origin.prefix() : prefix + origin.prefix();
    if (!whole.isEmpty()) {
      to.set(PREFIX, whole);
    }
    if (trusted && from.contains(FORWARDED)) {
      // Only a chain that exists is continued: X-Forwarded-… say the same.
      String node =
          origin.client().indexOf(':') < 0 ? origin.client() : "\"[" + origin.client() + "]\"";
      to.add(FORWARDED, "for=" + node + ";proto=http");
    }
  }

  /** The headers of the answer. Its framing is the sender's, its length stays. */
  static void response(MultiMap from, MultiMap to) {
    Set<String> named = named(from);
    for (Map.Entry<String, String> header : from) {
      if (passes(header.getKey(), named)) {
        to.add(header.getKey(), header.getValue());
      }
    }
  }

  /** Not hop-by-hop. */
  private static boolean passes(String name, Set<String> named) {
    boolean hop =
        switch (name.length()) {
          case 2 -> is(name, "te");
          case 7 -> is(name, "trailer") || is(name, "upgrade");
          case 10 -> is(name, "connection") || is(name, "keep-alive");
          case 14 -> is(name, "http2-settings");
          case 16 -> is(name, "proxy-connection");
          case 17 -> is(name, "transfer-encoding");
          case 18 -> is(name, "proxy-authenticate");
          case 19 -> is(name, "proxy-authorization");
          default -> false;
        };
    return !hop && (named.isEmpty() || !named.contains(name.toLowerCase(Locale.ROOT)));
  }

  /** What Connection names beside what it names always. */
  private static Set<String> named(MultiMap headers) {
    String one = headers.get(HttpHeaders.CONNECTION);
    if (one == null || is(one, "keep-alive") || is(one, "close")) {
      if (one == null || headers.getAll(HttpHeaders.CONNECTION).size() == 1) {
        return Set.of();
      }
    }
    Set<String> named = new HashSet<>();
    for (String value : headers.getAll(HttpHeaders.CONNECTION)) {
      for (String name : value.split(",")) {
        named.add(name.strip().toLowerCase(Locale.ROOT));
      }
    }
    // What frames the message, or names whom it is for, is not for a client to take away.
    named.removeAll(Set.of("content-length", "host", "content-type", "authorization"));
    return named;
  }

  private static String joined(List<String> values) {
    return values.isEmpty() ? null : String.join(", ", values);
  }

  static boolean is(CharSequence name, String lowerCase) {
    int length = lowerCase.length();
    if (name.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      if (c != lowerCase.charAt(i) && Character.toLowerCase(c) != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}

package dev.modelyard.gateway.routing;

/**
 * What a request's target says about where it goes.
 *
 * @param kind how the model is found
 * @param model of {@link Kind#PATH}, else null
 * @param upstreamUri what the pod is asked for: path and query
 * @param prefix what was taken off the path, such as {@code /vision/digits}; empty where nothing
 *     was
 * @param problem of {@link Kind#MALFORMED} and {@link Kind#UNKNOWN}: what is wrong, for the client
 */
public record Target(Kind kind, ModelKey model, String upstreamUri, String prefix, String problem) {

  /** How the model is found. */
  public enum Kind {
    /** The path names it. */
    PATH,
    /** The body names it: the OpenAI protocol. */
    BODY,
    /** The path names none, and a header must. */
    UNKNOWN,
    /** Refused with 400. */
    MALFORMED
  }

  private static final String OPENAI = "/v1/";

  /**
   * Reads a target in origin form, {@code /namespace/name/rest?query}. Dot segments, empty
   * segments, backslashes, control characters and encoded slashes, backslashes, dots and NULs are
   * refused anywhere in the path, because gateway and pod might read them differently.
   */
  public static Target parse(String uri) {
    if (uri == null || uri.isEmpty() || uri.charAt(0) != '/') {
      return malformed("the target must be a path that begins with /");
    }
    int query = uri.indexOf('?');
    int end = query < 0 ? uri.length() : query;
    String problem = problem(uri, end);
    if (problem != null) {
      return malformed(problem);
    }
    if (uri.startsWith(OPENAI)) {
      return new Target(Kind.BODY, null, uri, "", null);
    }
    int second = uri.indexOf('/', 1);
    if (second < 0 || second >= end - 1) {
      return unknown(uri);
    }
    int third = uri.indexOf('/', second + 1);
    int stop = third < 0 || third > end ? end : third;
    String rest = uri.substring(stop);
    return new Target(
        Kind.PATH,
        new ModelKey(uri.substring(1, second), uri.substring(second + 1, stop)),
        stop == end ? "/" + rest : rest,
        uri.substring(0, stop),
        null);
  }

  private static String problem(String uri, int end) {
    for (int i = 0; i < uri.length(); i++) {
      char c = uri.charAt(i);
      if (c <= ' ' || c >= 127 || c == '#') {
        return "the target holds a character that must be percent-encoded";
      }
      if (i >= end) {
        continue;
      }
      if (c == '\\') {
        return "the path must not hold a backslash";
      }
      if (c == '/' && i + 1 < end && isEmptyOrDots(uri, i + 1, end)) {
        return "the path must not hold empty segments, . or ..";
      }
      if (c == '%' && isForbidden(uri, i, end)) {
        return "the path must not hold an encoded slash, backslash, dot, percent sign or NUL, or a"
            + " broken escape";
      }
    }
    return null;
  }

  private static boolean isEmptyOrDots(String uri, int from, int end) {
    char first = uri.charAt(from);
    if (first == '/') {
      return true;
    }
    if (first != '.') {
      return false;
    }
    int next = from + 1;
    if (next < end && uri.charAt(next) == '.') {
      next++;
    }
    // Parameters: some servers read "..;a" as "..".
    return next == end || uri.charAt(next) == '/' || uri.charAt(next) == ';';
  }

  private static boolean isForbidden(String uri, int at, int end) {
    if (at + 2 >= end) {
      return true;
    }
    int high = Character.digit(uri.charAt(at + 1), 16);
    int low = Character.digit(uri.charAt(at + 2), 16);
    if (high < 0 || low < 0) {
      return true;
    }
    int value = high * 16 + low;
    return value == '/' || value == '\\' || value == '.' || value == '%' || value == 0;
  }

  private static Target malformed(String problem) {
    return new Target(Kind.MALFORMED, null, null, "", problem);
  }

  private static Target unknown(String uri) {
    return new Target(
        Kind.UNKNOWN,
        null,
        uri,
        "",
        "the path names no model: write /{namespace}/{name}/… as in /vision/digits/v2/models/digits,"
            + " or send the header modelyard-model: {namespace}/{name}");
  }
}

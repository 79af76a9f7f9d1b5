package dev.modelyard.local.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Label and field selectors, as query parameters write them. */
final class Selectors {
  private static final Pattern SET =
      Pattern.compile("\\s*([^\\s!=,()]+)\\s+(in|notin)\\s+\\(([^)]*)\\)\\s*");
  private static final Pattern EQUALITY =
      Pattern.compile("\\s*([^\\s!=]+)\\s*(==|=|!=)\\s*(\\S*)\\s*");
  private static final Pattern EXISTS = Pattern.compile("\\s*(!?)\\s*([^\\s!=,()]+)\\s*");
  // A comma that is not inside the parentheses of a set.
  private static final Pattern COMMA = Pattern.compile(",(?![^(]*\\))");

  private Selectors() {}

  /**
   * @param selector null or empty selects everything
   * @throws ApiError when it cannot be read
   */
  static Predicate<JsonNode> labels(String selector) {
    return all(
        selector,
        part -> {
          Matcher set = SET.matcher(part);
          if (set.matches()) {
            List<String> values =
                Arrays.stream(set.group(3).split(",")).map(String::strip).toList();
            boolean in = set.group(2).equals("in");
            return object -> {
              JsonNode label = label(object, set.group(1));
              return in == (!label.isMissingNode() && values.contains(label.asText()));
            };
          }
          Matcher equality = EQUALITY.matcher(part);
          if (equality.matches()) {
            return equality(equality, object -> label(object, equality.group(1)));
          }
          Matcher exists = EXISTS.matcher(part);
          if (exists.matches()) {
            boolean wanted = exists.group(1).isEmpty();
            return object -> wanted != label(object, exists.group(2)).isMissingNode();
          }
          throw ApiError.badRequest("unable to parse label selector: " + part);
        });
  }

  static Predicate<JsonNode> fields(String selector) {
    return all(
        selector,
        part -> {
          Matcher equality = EQUALITY.matcher(part);
          if (!equality.matches()) {
            throw ApiError.badRequest("unable to parse field selector: " + part);
          }
          return equality(equality, object -> JsonPaths.read(object, "." + equality.group(1)));
        });
  }

  private static Predicate<JsonNode> equality(
      Matcher equality, java.util.function.Function<JsonNode, JsonNode> reader) {
    boolean wanted = !equality.group(2).equals("!=");
    String value = equality.group(3);
    return object -> wanted == value.equals(reader.apply(object).asText(""));
  }

  private static JsonNode label(JsonNode object, String name) {
    return object.path("metadata").path("labels").path(name);
  }

  private static Predicate<JsonNode> all(
      String selector, java.util.function.Function<String, Predicate<JsonNode>> parser) {
    if (selector == null || selector.isBlank()) {
      return object -> true;
    }
    return COMMA.splitAsStream(selector).map(parser).reduce(Predicate::and).orElse(object -> true);
  }
}

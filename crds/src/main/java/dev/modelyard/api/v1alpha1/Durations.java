package dev.modelyard.api.v1alpha1;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as Kubernetes writes them: Go's {@code time.ParseDuration}, without sign, in the units
 * h, m, s, ms, us and ns, such as {@code 1h30m} or {@code 1.5s}. The CRD's rules parse them so too.
 */
public final class Durations {
  private static final Pattern WHOLE =
      Pattern.compile("0|([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+");
  private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ns|us|µs|ms|s|m|h)");

  private Durations() {}

  /**
   * Parses a duration.
   *
   * @throws IllegalArgumentException where the text is no duration; the message says what to write
   *     instead
   */
  public static Duration parse(String text) {
    if (text == null || !WHOLE.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not a duration: write numbers with units h, m, s or ms, such as 1m30s");
    }
    Duration sum = Duration.ZERO;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      double unitNanos =
          switch (part.group(2)) {
            case "h" -> 3600e9;
            case "m" -> 60e9;
            case "s" -> 1e9;
            case "ms" -> 1e6;
            case "ns" -> 1;
            default -> 1e3;
          };
      sum = sum.plusNanos(Math.round(Double.parseDouble(part.group(1)) * unitNanos));
    }
    return sum;
  }
}

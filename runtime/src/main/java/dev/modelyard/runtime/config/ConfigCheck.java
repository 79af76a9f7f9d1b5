package dev.modelyard.runtime.config;

import dev.modelyard.runtime.model.ModelFailure;
import dev.modelyard.runtime.model.digest.ModelDigest;
import dev.modelyard.runtime.model.source.Cidr;
import dev.modelyard.runtime.model.source.ModelUri;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Checks every setting of {@link RuntimeConfig} as text, before Quarkus reads it: so that all
 * problems are told at once, in the words of the environment, and not as a stack trace about the
 * first.
 */
public final class ConfigCheck {
  /** Times are counted in nanoseconds, of which a long has 292 years. */
  private static final Duration LONGEST = Duration.ofDays(365);

  private static final Map<String, Consumer<String>> FORMS = new TreeMap<>();

  static {
    FORMS.put("modelyard.termination-log", ConfigCheck::path);
    FORMS.put("modelyard.model.name", ConfigCheck::text);
    FORMS.put("modelyard.model.revision", ConfigCheck::text);
    FORMS.put("modelyard.model.uri", ModelUri::parse);
    FORMS.put("modelyard.model.digest", ConfigCheck::digest);
    FORMS.put("modelyard.model.engine", ConfigCheck::text);
    FORMS.put("modelyard.model.task", ConfigCheck::text);
    FORMS.put("modelyard.model.load-timeout", value -> duration(value, false));
    FORMS.put("modelyard.model.cache", ConfigCheck::path);
    FORMS.put("modelyard.model.volume", ConfigCheck::path);
    FORMS.put("modelyard.model.max-bytes", value -> whole(value, 1, Long.MAX_VALUE));
    FORMS.put("modelyard.serving.batching.mode", ConfigCheck::batchingMode);
    FORMS.put("modelyard.serving.batching.max-size", value -> whole(value, 1, 65_536));
    FORMS.put("modelyard.serving.batching.max-delay", value -> duration(value, true));
    FORMS.put("modelyard.serving.queue-capacity", value -> whole(value, 1, 1_000_000));
    FORMS.put("modelyard.serving.request-timeout", value -> duration(value, false));
    FORMS.put("modelyard.serving.workers", value -> whole(value, 1, 1_024));
    FORMS.put("modelyard.serving.threads", value -> whole(value, 1, 1_024));
    FORMS.put("modelyard.gpu.count", value -> whole(value, 0, 1_024));
    FORMS.put("modelyard.shutdown.delay", value -> duration(value, true));
    FORMS.put("modelyard.shutdown.grace", value -> duration(value, false));
    FORMS.put("modelyard.source.allowed-addresses", ConfigCheck::cidrs);
  }

  private static final List<String> REQUIRED =
      List.of("modelyard.model.name", "modelyard.model.revision", "modelyard.model.uri");

  private final UnaryOperator<String> settings;
  private final List<String> problems = new ArrayList<>();

  private ConfigCheck(UnaryOperator<String> settings) {
    this.settings = settings;
  }

  /**
   * @param settings value of a property such as {@code modelyard.model.uri}; null where absent
   * @return one line for each problem, in the order of the variables' names
   */
  public static List<String> problems(UnaryOperator<String> settings) {
    ConfigCheck check = new ConfigCheck(settings);
    check.run();
    return List.copyOf(check.problems);
  }

  /** The variables that begin with {@code MODELYARD_} and are none of the runtime's. */
  public static List<String> unknown(Iterable<String> variables) {
    TreeSet<String> unknown = new TreeSet<>();
    for (String variable : variables) {
      if (variable.startsWith("MODELYARD_")
          && FORMS.keySet().stream().noneMatch(name -> variable(name).equals(variable))) {
        unknown.add(variable);
      }
    }
    return List.copyOf(unknown);
  }

  /**
   * The environment variable of a property (MicroProfile Config, "Environment Variables Mapping").
   */
  public static String variable(String property) {
    return property.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
  }

  private void run() {
    FORMS.forEach(this::check);
    if (!problems.isEmpty()) {
      return;
    }
    if (ModelUri.parse(value("modelyard.model.uri").orElseThrow()) instanceof ModelUri.Volume
        && value("modelyard.model.volume").isEmpty()) {
      problems.add("MODELYARD_MODEL_VOLUME is needed for a pvc: uri: where the claim is mounted");
    }
    shorter("modelyard.shutdown.delay", "PT5S", "modelyard.shutdown.grace", "PT60S");
    // Or a request that waits for others would be answered 504 before it is computed.
    shorter(
        "modelyard.serving.batching.max-delay",
        "PT0S",
        "modelyard.serving.request-timeout",
        "PT30S");
  }

  private void shorter(String name, String usual, String limit, String limitUsual) {
    Duration shorter = Duration.parse(value(name).orElse(usual));
    Duration longer = Duration.parse(value(limit).orElse(limitUsual));
    if (shorter.compareTo(longer) >= 0) {
      problems.add(
          "%s is %s, but must be shorter than %s, %s"
              .formatted(variable(name), shorter, variable(limit), longer));
    }
  }

  private void check(String name, Consumer<String> form) {
    Optional<String> value = value(name);
    if (value.isEmpty()) {
      if (REQUIRED.contains(name)) {
        problems.add(variable(name) + " is required");
      }
      return;
    }
    try {
      form.accept(value.get());
    } catch (IllegalArgumentException | ModelFailure e) {
      problems.add(variable(name) + ": " + e.getMessage());
    }
  }

  /** An empty value is an absent one, as it is for SmallRye Config. */
  private Optional<String> value(String name) {
    return Optional.ofNullable(settings.apply(name)).filter(value -> !value.isEmpty());
  }

  private static void text(String value) {
    if (value.isBlank() || value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("it is blank or has control characters");
    }
  }

  private static void digest(String value) {
    if (!ModelDigest.FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "'" + value + "' is not a digest; write sha256: and 64 hex digits");
    }
  }

  private static void batchingMode(String value) {
    if (Arrays.stream(BatchingMode.values()).noneMatch(mode -> mode.name().equals(value))) {
      throw new IllegalArgumentException(
          "'" + value + "' is none of " + Arrays.toString(BatchingMode.values()));
    }
  }

  private static void path(String value) {
    try {
      if (!Path.of(value).isAbsolute()) {
        throw new IllegalArgumentException("'" + value + "' is not an absolute path");
      }
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("it is not a path: " + e.getReason(), e);
    }
  }

  private static void whole(String value, long least, long most) {
    try {
      long number = Long.parseLong(value);
      if (number >= least && number <= most) {
        return;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + value + "' is not a whole number", e);
    }
    throw new IllegalArgumentException(
        value
            + " is "
            + (Long.parseLong(value) < least ? "less than " + least : "more than " + most));
  }

  private static void duration(String value, boolean zero) {
    Duration duration;
    try {
      duration = Duration.parse(value);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "'" + value + "' is not an ISO 8601 duration; write for example PT30S", e);
    }
    if (duration.isNegative() || (duration.isZero() && !zero)) {
      throw new IllegalArgumentException(
          value + " is too short; it must be " + (zero ? "zero or more" : "more than zero"));
    }
    if (duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(value + " is too long; it must be at most " + LONGEST);
    }
  }

  private static void cidrs(String value) {
    for (String each : value.split(",")) {
      Cidr.parse(each);
    }
  }
}

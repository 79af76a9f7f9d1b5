package dev.modelyard.bench.autoscaling;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * @param seeds how many traces of each kind
 * @param traces files of recorded requests to replay besides; the first column of each is a time
 * @param report the page to write the section into, plots beside it; null for a quick run, whose
 *     figures are not kept
 */
record Settings(int seeds, List<Path> traces, Path report) {
  /** Held out: the policy was tuned on seeds below it. */
  static final long FIRST_SEED = 201;

  static Settings parse(List<String> options, Path report) {
    int seeds = 8;
    List<Path> traces = new ArrayList<>();
    for (int i = 0; i < options.size(); i++) {
      switch (options.get(i)) {
        case "--quick" -> {
          seeds = 1;
          report = null;
        }
        case "--seeds" -> seeds = positive(value(options, ++i));
        case "--trace" -> traces.add(Path.of(value(options, ++i)));
        case "--report" -> report = Path.of(value(options, ++i));
        default -> throw new IllegalArgumentException("unknown option " + options.get(i));
      }
    }
    return new Settings(seeds, List.copyOf(traces), report);
  }

  private static String value(List<String> options, int i) {
    if (i >= options.size()) {
      throw new IllegalArgumentException(options.get(i - 1) + " needs a value");
    }
    return options.get(i);
  }

  private static int positive(String value) {
    int number = Integer.parseInt(value);
    if (number < 1) {
      throw new IllegalArgumentException("at least 1 is needed: " + value);
    }
    return number;
  }
}

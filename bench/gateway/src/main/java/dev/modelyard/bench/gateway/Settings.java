package dev.modelyard.bench.gateway;

import java.nio.file.Path;
import java.util.List;

/**
 * How long and how often.
 *
 * @param rounds of every cell
 * @param seconds of load a cell and round
 * @param warmUpSeconds of load a way and number of connections before the first round
 * @param report null where none is written
 */
record Settings(int rounds, int seconds, int warmUpSeconds, Path report) {
  static final int[] CONNECTIONS = {1, 64, 512};

  private static final String USAGE =
      """
      usage: bench/run gateway [--quick] [--rounds N] [--seconds N] [--warm-up SECONDS] [--report FILE]
        --quick   a smoke run; its figures mean little, so it writes no report unless --report names
                  a file
      """;

  /**
   * @throws IllegalArgumentException with what to write instead
   */
  static Settings parse(List<String> arguments, Path report) {
    boolean quick = arguments.contains("--quick");
    int rounds = quick ? 1 : 5;
    int seconds = quick ? 1 : 3;
    int warmUp = quick ? 3 : 10;
    Path file = quick ? null : report;
    for (int i = 0; i < arguments.size(); i++) {
      String name = arguments.get(i);
      if (name.equals("--quick")) {
        continue;
      }
      String value = i + 1 < arguments.size() ? arguments.get(++i) : "";
      switch (name) {
        case "--rounds" -> rounds = whole(name, value);
        case "--seconds" -> seconds = whole(name, value);
        case "--warm-up" -> warmUp = whole(name, value);
        case "--report" -> file = Path.of(value).toAbsolutePath();
        default -> throw new IllegalArgumentException("unknown option '" + name + "'\n" + USAGE);
      }
    }
    return new Settings(rounds, seconds, warmUp, file);
  }

  private static int whole(String name, String value) {
    if (!value.matches("[1-9][0-9]{0,3}")) {
      throw new IllegalArgumentException(
          "%s needs a whole number from 1 to 9999, not '%s'%n%s".formatted(name, value, USAGE));
    }
    return Integer.parseInt(value);
  }
}

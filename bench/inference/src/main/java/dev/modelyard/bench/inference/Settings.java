package dev.modelyard.bench.inference;

import java.nio.file.Path;
import java.util.List;

/**
 * How long and how often.
 *
 * @param rounds of every cell
 * @param seconds of load a cell and round
 * @param warmUpSeconds of load a server and format before the first round
 * @param starts of every server, for the time to the first prediction
 * @param engineRounds JVM forks of each engine cell
 * @param engineIterations of one second each
 */
record Settings(
    boolean quick,
    int rounds,
    int seconds,
    int warmUpSeconds,
    int starts,
    int engineRounds,
    int engineIterations,
    Path report) {

  static final String USAGE =
      """
      usage: bench/run inference [--quick] [--rounds N] [--seconds N] [--warm-up SECONDS]
                                 [--starts N] [--engine-rounds N] [--engine-iterations N]
                                 [--report FILE]
        --quick   a smoke run of about a minute; its figures mean little, so it writes no report
                  unless --report names a file
      """;

  /**
   * @param report where a full run writes to unless told otherwise
   * @throws IllegalArgumentException with what to write instead
   */
  static Settings parse(List<String> arguments, Path report) {
    boolean quick = arguments.contains("--quick");
    int rounds = quick ? 1 : 5;
    int seconds = quick ? 1 : 3;
    int warmUp = quick ? 4 : 8;
    int starts = quick ? 1 : 5;
    int engineRounds = quick ? 1 : 3;
    int engineIterations = quick ? 1 : 3;
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
        case "--starts" -> starts = whole(name, value);
        case "--engine-rounds" -> engineRounds = whole(name, value);
        case "--engine-iterations" -> engineIterations = whole(name, value);
        case "--report" -> file = Path.of(value).toAbsolutePath();
        default -> throw new IllegalArgumentException("unknown option '" + name + "'\n" + USAGE);
      }
    }
    return new Settings(
        quick, rounds, seconds, warmUp, starts, engineRounds, engineIterations, file);
  }

  private static int whole(String name, String value) {
    if (!value.matches("[1-9][0-9]{0,3}")) {
      throw new IllegalArgumentException(
          "%s needs a whole number from 1 to 9999, not '%s'%n%s".formatted(name, value, USAGE));
    }
    return Integer.parseInt(value);
  }
}

package dev.modelyard.bench.autoscaling;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.util.Arrays;
import java.util.List;

/**
 * Requests as they were recorded: a CSV file whose first column is a time, in seconds or as {@code
 * 2023-11-16 18:17:03.9799600}, such as the Azure LLM inference traces. At most the first hour.
 */
final class RecordedTrace {
  /** Requests of seconds, as those of language models are. */
  private static final double MEAN_WORK = 4;

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("yyyy-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter();

  private RecordedTrace() {}

  static Workload read(Path file) throws IOException {
    return parse(file.getFileName().toString(), Files.readAllLines(file));
  }

  static Workload parse(String name, List<String> lines) {
    double[] times =
        lines.stream()
            .map(line -> line.split(",", 2)[0].strip())
            .filter(cell -> !cell.isEmpty() && Character.isDigit(cell.charAt(0)))
            .mapToDouble(RecordedTrace::seconds)
            .sorted()
            .toArray();
    if (times.length == 0) {
      throw new IllegalArgumentException(name + ": no line begins with a time");
    }
    double first = times[0];
    double[] arrivals =
        Arrays.stream(times)
            .map(time -> time - first)
            .filter(time -> time < Traces.SECONDS)
            .toArray();
    return Workload.at(name, arrivals, MEAN_WORK, 1);
  }

  private static double seconds(String cell) {
    try {
      return Double.parseDouble(cell);
    } catch (NumberFormatException notANumber) {
      try {
        LocalDateTime time = LocalDateTime.parse(cell, TIME);
        return time.toEpochSecond(ZoneOffset.UTC) + time.getNano() / 1e9;
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException("not a time: " + cell, e);
      }
    }
  }
}

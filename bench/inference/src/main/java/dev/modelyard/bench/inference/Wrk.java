package dev.modelyard.bench.inference;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load generator wrk: one thread, a closed loop a connection. */
public final class Wrk {
  private static final Pattern FIELD = Pattern.compile("(\\w+)=(\\d+)");

  private final Path script;

  /**
   * @param script {@code infer.lua}
   */
  public Wrk(Path script) {
    this.script = script;
  }

  /**
   * @param p50Micros from sending to the last byte of the answer
   */
  public record Result(
      long requests, double seconds, double p50Micros, double p99Micros, double maxMicros) {
    public double perSecond() {
      return requests / seconds;
    }
  }

  /**
   * @throws IllegalStateException where one request was not answered with 2xx or 3xx
   */
  public Result run(URI url, Format format, Path bodies, int connections, int seconds)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "wrk",
                "--threads=1",
                "--connections=" + connections,
                "--duration=" + seconds + "s",
                "--timeout=10s",
                "--script=" + script,
                url.toString(),
                "--",
                bodies.toString(),
                format.contentType())
            .redirectErrorStream(true)
            .start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IllegalStateException("wrk failed: " + output);
    }
    return parse(output);
  }

  static Result parse(String output) {
    String line =
        output
            .lines()
            .filter(text -> text.startsWith("RESULT "))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("wrk gave no result: " + output));
    Map<String, Long> fields = new HashMap<>();
    for (Matcher field = FIELD.matcher(line); field.find(); ) {
      fields.put(field.group(1), Long.parseLong(field.group(2)));
    }
    for (String error : new String[] {"connect", "read", "write", "timeout", "status"}) {
      if (fields.get(error) != 0) {
        throw new IllegalStateException("wrk counted errors: " + line);
      }
    }
    if (fields.get("requests") == 0) {
      throw new IllegalStateException("no request was answered: " + line);
    }
    return new Result(
        fields.get("requests"),
        fields.get("micros") / 1e6,
        fields.get("p50"),
        fields.get("p99"),
        fields.get("max"));
  }
}

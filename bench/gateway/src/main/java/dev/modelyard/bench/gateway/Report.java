package dev.modelyard.bench.gateway;

import dev.modelyard.bench.inference.Machine;
import dev.modelyard.bench.inference.Samples;
import dev.modelyard.bench.inference.Wrk;
import dev.modelyard.bench.report.Section;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The figures as Markdown, and as one line. */
final class Report {
  static final Section SECTION = new Section("gateway");

  /** The connections that the last line is about: a proxy under load, and not yet a queue. */
  private static final int LINE = 64;

  private static final double QUIET_PERCENT = 10;

  private final Machine machine;
  private final Map<Cell, List<Measure>> cells;
  private final Settings settings;

  /** What is measured: a table's row. */
  record Cell(int connections, Way.Kind way) {}

  /**
   * @param cpuMicros CPU time of the proxy a request
   * @param otherPercent of the machine's CPU that went to others
   */
  record Measure(Wrk.Result load, double cpuMicros, double otherPercent) {}

  Report(Machine machine, Map<Cell, List<Measure>> cells, Settings settings) {
    this.machine = machine;
    this.cells = cells;
    this.settings = settings;
  }

  /** The last line of a run. */
  String summary() {
    return format(
        "GATEWAY cpu_vs_nginx=%.2fx added_p50_ms=%.2f added_p99_ms=%.2f",
        of(LINE, Way.Kind.GATEWAY, Measure::cpuMicros).median()
            / of(LINE, Way.Kind.NGINX, Measure::cpuMicros).median(),
        added(LINE, Way.Kind.GATEWAY, measure -> measure.load().p50Micros()),
        added(LINE, Way.Kind.GATEWAY, measure -> measure.load().p99Micros()));
  }

  private Samples of(int connections, Way.Kind way, ToDoubleFunction<Measure> what) {
    return Samples.of(
        cells.get(new Cell(connections, way)).stream().mapToDouble(what).boxed().toList());
  }

  /** Milliseconds over the direct way, by the medians. */
  private double added(int connections, Way.Kind way, ToDoubleFunction<Measure> micros) {
    return (of(connections, way, micros).median()
            - of(connections, Way.Kind.DIRECT, micros).median())
        / 1000;
  }

  /** The section of the report, between its two marks. */
  String markdown() {
    Samples others =
        Samples.of(
            cells.values().stream().flatMap(List::stream).map(Measure::otherPercent).toList());
    StringBuilder text = new StringBuilder(SECTION.begin()).append("\n## Gateway\n\n```\n");
    text.append(summary()).append("\n```\n\n");
    text.append(
        format(
            """
            Measured on %s: %d cores of %s, %d GiB, %s, %s. wrk with one thread, the proxy and the pod share these \
            cores, so latency at 64 connections and more is mostly waiting for a core, and CPU per request is the \
            figure that carries over to another machine. Other processes, and the hypervisor's steal, took %.0f %% of \
            the CPU meanwhile (median; at most %.0f %%).%s

            The digits classifier as the packaged runtime serves it, one row of JSON a request: called directly, \
            through the packaged gateway with its default settings, and through nginx with a worker a core, kept \
            connections to the pod and the same forwarding headers. Medians of %d rounds of %d s; in brackets the \
            least and the most. In a round the ways take turns. The last line is about %d connections.

            | connections | way | requests/s | p50 ms | p99 ms | added p50 ms | added p99 ms | proxy CPU µs/request |
            |---:|---|---:|---:|---:|---:|---:|---:|
            """,
            machine.date(),
            machine.cores(),
            machine.cpu(),
            machine.memoryGiB(),
            machine.kernel(),
            machine.jvm(),
            others.median(),
            others.max(),
            others.median() > QUIET_PERCENT
                ? " **The machine was not quiet: these figures are no record.**"
                : "",
            settings.rounds(),
            settings.seconds(),
            LINE));
    cells.keySet().forEach(cell -> row(text, cell));
    return text.append('\n').append(SECTION.end()).append('\n').toString();
  }

  private void row(StringBuilder text, Cell cell) {
    int connections = cell.connections();
    Way.Kind way = cell.way();
    boolean direct = way == Way.Kind.DIRECT;
    text.append(
        format(
            "| %d | %s | %s | %s | %s | %s | %s | %s |%n",
            connections,
            way.label(),
            range(of(connections, way, measure -> measure.load().perSecond()), "%.0f"),
            range(of(connections, way, measure -> measure.load().p50Micros() / 1000), "%.2f"),
            range(of(connections, way, measure -> measure.load().p99Micros() / 1000), "%.2f"),
            direct
                ? "—"
                : format("%.2f", added(connections, way, measure -> measure.load().p50Micros())),
            direct
                ? "—"
                : format("%.2f", added(connections, way, measure -> measure.load().p99Micros())),
            direct ? "—" : range(of(connections, way, Measure::cpuMicros), "%.1f")));
  }

  private static String range(Samples samples, String number) {
    return format(
        number + " (" + number + "–" + number + ")",
        samples.median(),
        samples.min(),
        samples.max());
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}

package dev.modelyard.bench.inference;

import dev.modelyard.bench.inference.LoadRuns.Cell;
import dev.modelyard.bench.inference.LoadRuns.Measure;
import dev.modelyard.bench.inference.LoadRuns.Rounds;
import dev.modelyard.bench.report.Section;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The figures as Markdown, and as one line. */
final class Report {
  static final Section SECTION = new Section("inference");

  private static final double QUIET_PERCENT = 10;

  private final Settings settings;
  private final Machine machine;
  private final Map<Server, Starts> starts;
  private final Map<Cell, Rounds> load;
  private final Map<EngineRuns.Cell, Samples> engine;
  private final Others others;

  /**
   * @param firstPrediction milliseconds from the start of the process
   * @param residentMiB after all load
   */
  record Starts(Samples firstPrediction, double residentMiB) {}

  /**
   * Percent of the machine's CPU that went to others, while starts and while the engine were
   * measured.
   */
  record Others(double starts, double engine) {}

  Report(
      Settings settings,
      Machine machine,
      Map<Server, Starts> starts,
      Map<Cell, Rounds> load,
      Map<EngineRuns.Cell, Samples> engine,
      Others others) {
    this.settings = settings;
    this.machine = machine;
    this.starts = new EnumMap<>(starts);
    this.load = load;
    this.engine = engine;
    this.others = others;
  }

  /** The last line of a run. */
  String summary() {
    return format(
        "INFERENCE rps_vs_unbatched_c64=%.2fx ort_direct_gap=%.1f%% first_prediction_ms=%.0f",
        ratio(Format.JSON, 64, Server.BARE),
        EngineRuns.gapPercent(engine, 32),
        starts.get(Server.RUNTIME).firstPrediction().median());
  }

  private double ratio(Format format, int connections, Server other) {
    return perSecond(format, connections, Server.RUNTIME).median()
        / perSecond(format, connections, other).median();
  }

  private Samples perSecond(Format format, int connections, Server server) {
    return load.get(new Cell(format, connections, server)).of(m -> m.load().perSecond());
  }

  /** The section of the report, between its two marks. */
  String markdown() {
    StringBuilder text = new StringBuilder(SECTION.begin()).append("\n## Inference\n\n");
    text.append("```\n").append(summary()).append("\n```\n\n");
    machine(text);
    load(text);
    engine(text);
    starts(text);
    return text.append(SECTION.end()).append('\n').toString();
  }

  private void machine(StringBuilder text) {
    text.append(
        format(
            "Measured on %s: %d cores of %s, %d GiB, %s, %s; %s.%n%n",
            machine.date(),
            machine.cores(),
            machine.cpu(),
            machine.memoryGiB(),
            machine.kernel(),
            machine.jvm(),
            machine.versions()));
    text.append(
        """
        The load generator, wrk with one thread, **shares these cores** with the server under load: \
        what it takes, the server does not have, so requests per second are those of the machine and \
        CPU per request is the figure that carries over to another one.

        """);
    text.append(
        format(
            """
            Other processes, and the hypervisor's steal, took %.0f %% of the CPU meanwhile (median of the \
            HTTP cells; at most %.0f %%), %.0f %% while JMH ran and %.0f %% during the starts.%s

            """,
            otherPercent().median(),
            otherPercent().max(),
            others.engine(),
            others.starts(),
            disturbed() ? " **The machine was not quiet: these figures are no record.**" : ""));
  }

  /** Whether others took so much that the figures say more about them. */
  boolean disturbed() {
    return Math.max(otherPercent().median(), Math.max(others.engine(), others.starts()))
        > QUIET_PERCENT;
  }

  /** How disturbed the measurements were: of the HTTP cells all rounds. */
  Samples otherPercent() {
    return Samples.of(
        load.values().stream()
            .flatMap(rounds -> rounds.measures().stream())
            .map(Measure::otherPercent)
            .toList());
  }

  private void load(StringBuilder text) {
    text.append("### Requests over HTTP\n\n");
    text.append(
        format(
            """
            The digits classifier (`examples/digits`, 64 numbers in, 11 out), one row a request, over the \
            Open Inference Protocol v2 as JSON and with binary tensors. Medians of %d rounds of %d s; in \
            brackets the least and the most. In a round the servers take turns, cell by cell.

            """,
            settings.rounds(), settings.seconds()));
    text.append(
        """
        | format | connections | server | requests/s | p50 ms | p99 ms | CPU µs/request | rows/batch |
        |---|---:|---|---:|---:|---:|---:|---:|
        """);
    load.forEach((cell, rounds) -> text.append(row(cell, rounds)));
    text.append(
        format(
            """

            At 64 connections the runtime answers %.2f times the requests of the bare endpoint over JSON \
            (%.2f with binary tensors), and %.2f times (%.2f) those of the one that computes on the event loop.

            - *modelyard runtime*: the production artifact with its default settings, metrics, queue, \
            timeouts and all.
            - *bare endpoint, worker pool*: `bench/bare`, what one writes without Modelyard: a Vert.x route \
            in Quarkus, Jackson, one `OrtSession.run` a request on Quarkus' worker pool. No batching, \
            no metrics, no limits; intra-op threads 1.
            - *bare endpoint, event loop*: the same, computed on the thread that reads the request. That \
            spares the hand-over, and is right only for a model as small as this one: one that takes \
            milliseconds holds up every connection, health checks included.

            """,
            ratio(Format.JSON, 64, Server.BARE),
            ratio(Format.BINARY, 64, Server.BARE),
            ratio(Format.JSON, 64, Server.BARE_EVENT_LOOP),
            ratio(Format.BINARY, 64, Server.BARE_EVENT_LOOP)));
  }

  private static String row(Cell cell, Rounds rounds) {
    Samples perSecond = rounds.of(m -> m.load().perSecond());
    String batch =
        rounds.measures().get(0).batchRows().isEmpty()
            ? "1"
            : format("%.1f", rounds.of(m -> m.batchRows().orElseThrow()).median());
    return format(
        "| %s | %d | %s | %.0f (%.0f–%.0f) | %.2f | %.2f | %.0f | %s |%n",
        cell.format().label(),
        cell.connections(),
        cell.server().label(),
        perSecond.median(),
        perSecond.min(),
        perSecond.max(),
        rounds.of(m -> m.load().p50Micros() / 1000).median(),
        rounds.of(m -> m.load().p99Micros() / 1000).median(),
        rounds.of(Measure::cpuMicros).median(),
        batch);
  }

  private void engine(StringBuilder text) {
    text.append("### The engine alone\n\n");
    text.append(
        format(
            """
            One thread, no HTTP: a batch through the runtime's engine (DJL and the runtime's translator) \
            and through `ai.onnxruntime.OrtSession`, same session options, from rows in heap memory to \
            results in heap memory. JMH, %d forks each, %d s after %d s of warm-up; µs a batch, medians.

            | rows | ONNX Runtime | runtime's engine | gap |
            |---:|---:|---:|---:|
            """,
            settings.engineRounds(), settings.engineIterations(), settings.engineIterations()));
    for (int batch : new int[] {1, 32}) {
      text.append(
          format(
              "| %d | %s | %s | %+.1f %% |%n",
              batch,
              micros(engine.get(new EngineRuns.Cell("ort", batch))),
              micros(engine.get(new EngineRuns.Cell("djl", batch))),
              EngineRuns.gapPercent(engine, batch)));
    }
    text.append(
        """

        `ort_direct_gap` is the one of 32 rows, the runtime's default batch. What DJL and the \
        joining of rows add is a few microseconds a call; a model this small shows them at their largest.

        """);
  }

  private static String micros(Samples nanos) {
    return format("%.1f (%.1f–%.1f)", nanos.median() / 1e3, nanos.min() / 1e3, nanos.max() / 1e3);
  }

  private void starts(StringBuilder text) {
    text.append("### From start to the first prediction\n\n");
    text.append(
        format(
            """
            From the start of the process to the first 200 of `infer`, on a warm file cache; median of \
            %d starts, the servers in turn. Resident memory after all load, default heap settings.

            | server | ms | MiB |
            |---|---:|---:|
            """,
            settings.starts()));
    starts.forEach(
        (server, figures) ->
            text.append(
                format(
                    "| %s | %.0f (%.0f–%.0f) | %.0f |%n",
                    server.label(),
                    figures.firstPrediction().median(),
                    figures.firstPrediction().min(),
                    figures.firstPrediction().max(),
                    figures.residentMiB())));
    text.append(
        """

        ### How to repeat

        `bench/run inference` (JDK 17, Maven, wrk; `--help` for the durations). Before anything is \
        measured, every server answers all 360 held-out rows in both formats, and must get as many right \
        as the training script recorded; one request of the load that is answered with an error ends the \
        run. wrk is a closed loop: each connection sends when it has its answer, so latencies are those \
        at full load.
        """);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}

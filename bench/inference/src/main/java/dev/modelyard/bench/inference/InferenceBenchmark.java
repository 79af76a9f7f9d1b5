package dev.modelyard.bench.inference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** {@code bench/run inference}: the digits model, served, next to what it could be served with. */
public final class InferenceBenchmark {
  private final Path repository;
  private final Path work;
  private final Settings settings;
  private final Holdout holdout;

  private InferenceBenchmark(Path repository, Settings settings) throws IOException {
    this.repository = repository;
    this.settings = settings;
    work = Files.createDirectories(repository.resolve("bench/inference/target/run"));
    holdout = Holdout.read(repository.resolve("examples/digits/holdout.csv"));
  }

  /**
   * @param args the repository, then the options of {@link Settings}
   */
  public static void main(String... args) throws Exception {
    Path repository = Path.of(args[0]).toAbsolutePath().normalize();
    List<String> options = List.of(args).subList(1, args.length);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () ->
                    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly)));
    try {
      Settings settings = Settings.parse(options, repository.resolve("docs/benchmarks.md"));
      new InferenceBenchmark(repository, settings).run();
    } catch (IllegalArgumentException | IllegalStateException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(1);
    }
  }

  private void run() throws IOException, InterruptedException {
    long began = System.nanoTime();
    OtherLoad duringStarts = OtherLoad.start(List.of());
    Map<Server, List<Double>> first = starts();
    double othersAtStarts = duringStarts.percent();
    progress("the engine alone: " + settings.engineRounds() + " rounds of JMH");
    OtherLoad duringEngine = OtherLoad.start(List.of());
    Map<EngineRuns.Cell, Samples> engine =
        EngineRuns.run(repository, settings.engineRounds(), settings.engineIterations());
    Report.Others others = new Report.Others(othersAtStarts, duringEngine.percent());
    Map<Server, Report.Starts> starts = new EnumMap<>(Server.class);
    Map<LoadRuns.Cell, LoadRuns.Rounds> load;
    List<ServerProcess> servers = new ArrayList<>();
    try {
      for (Server server : Server.values()) {
        ServerProcess process = server.start(repository, work);
        servers.add(process);
        process.awaitFirstPrediction(Format.JSON.body(holdout.rows().get(0)));
      }
      checkAnswers(servers);
      load = load(servers);
      for (ServerProcess process : servers) {
        starts.put(
            process.server(),
            new Report.Starts(
                Samples.of(first.get(process.server())), ProcStat.residentMiB(process.pid())));
      }
    } finally {
      servers.forEach(ServerProcess::close);
    }
    Report report =
        new Report(
            settings, Machine.here(LocalDate.now(ZoneOffset.UTC)), starts, load, engine, others);
    write(report);
    if (report.disturbed()) {
      progress("WARNING: the machine was not quiet; the report says so");
    }
    progress("done in %d s".formatted((System.nanoTime() - began) / 1_000_000_000));
    System.out.println(report.summary());
  }

  private Map<Server, List<Double>> starts() throws IOException, InterruptedException {
    Map<Server, List<Double>> millis = new EnumMap<>(Server.class);
    Format.Body body = Format.JSON.body(holdout.rows().get(0));
    // The first start of each reads its files from the disk and does not count.
    for (int i = 0; i <= settings.starts(); i++) {
      StringBuilder line = new StringBuilder(i == 0 ? "start to warm up:" : "start " + i + ":");
      for (Server server : Server.values()) {
        try (ServerProcess process = server.start(repository, work)) {
          double taken = process.awaitFirstPrediction(body);
          line.append(" %.0f".formatted(taken));
          if (i > 0) {
            millis.computeIfAbsent(server, key -> new ArrayList<>()).add(taken);
          }
        }
      }
      progress(line.append(" ms to the first prediction").toString());
    }
    return millis;
  }

  private void checkAnswers(List<ServerProcess> servers) throws IOException, InterruptedException {
    AnswerCheck check =
        new AnswerCheck(holdout, repository.resolve("examples/digits/metrics.json"));
    for (ServerProcess server : servers) {
      for (Format format : Format.values()) {
        int correct = check.check(server, format);
        progress(
            "%s over %s: %d of %d rows right, as recorded"
                .formatted(
                    server.server().label(), format.label(), correct, holdout.rows().size()));
      }
    }
  }

  private Map<LoadRuns.Cell, LoadRuns.Rounds> load(List<ServerProcess> servers)
      throws IOException, InterruptedException {
    Map<Format, Path> bodies = new EnumMap<>(Format.class);
    for (Format format : Format.values()) {
      Path file = work.resolve("bodies-" + format.label());
      format.write(holdout, file);
      bodies.put(format, file);
    }
    Wrk wrk = new Wrk(repository.resolve("bench/inference/infer.lua"));
    LoadRuns runs = new LoadRuns(servers, wrk, bodies, InferenceBenchmark::progress);
    progress("warming up: " + settings.warmUpSeconds() + " s a server and format");
    runs.warmUp(settings.warmUpSeconds());
    progress(
        "columns: " + String.join(", ", servers.stream().map(s -> s.server().label()).toList()));
    return runs.run(settings.rounds(), settings.seconds());
  }

  private void write(Report report) throws IOException {
    System.out.println();
    System.out.println(report.markdown());
    if (settings.report() == null) {
      progress("a quick run: its report is not kept");
      return;
    }
    Report.SECTION.write(settings.report(), report.markdown());
    progress("wrote " + settings.report());
  }

  private static void progress(String line) {
    System.out.println("bench: " + line);
  }
}

package dev.modelyard.bench.inference;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * Loads the servers with wrk. All are up; one at a time is loaded. The servers take turns within a
 * round, so that whatever else the machine does meets them alike.
 */
final class LoadRuns {
  static final int[] CONNECTIONS = {1, 8, 64};
  private static final String BATCH_ROWS = "modelyard_batch_size_sum{";
  private static final String BATCHES = "modelyard_batch_size_count{";

  private final List<ServerProcess> servers;
  private final Wrk wrk;
  private final Map<Format, Path> bodies;
  private final Consumer<String> progress;

  /**
   * @param bodies files for wrk
   */
  LoadRuns(
      List<ServerProcess> servers, Wrk wrk, Map<Format, Path> bodies, Consumer<String> progress) {
    this.servers = servers;
    this.wrk = wrk;
    this.bodies = new EnumMap<>(bodies);
    this.progress = progress;
  }

  /** What is measured: a table's row. */
  record Cell(Format format, int connections, Server server) {}

  /**
   * @param cpuMicros CPU time of the server a request
   * @param batchRows mean size of the batches; empty where the server has none
   * @param otherPercent of the machine's CPU that went to others
   */
  record Measure(
      Wrk.Result load, double cpuMicros, OptionalDouble batchRows, double otherPercent) {}

  /** The rounds of one cell. */
  record Rounds(List<Measure> measures) {
    Samples of(ToDoubleFunction<Measure> what) {
      return Samples.of(measures.stream().mapToDouble(what).boxed().toList());
    }
  }

  void warmUp(int seconds) throws IOException, InterruptedException {
    for (Format format : Format.values()) {
      for (ServerProcess server : servers) {
        wrk.run(server.infer(), format, bodies.get(format), 64, seconds);
      }
    }
  }

  Map<Cell, Rounds> run(int rounds, int seconds) throws IOException, InterruptedException {
    Map<Cell, Rounds> cells = new LinkedHashMap<>();
    for (int round = 1; round <= rounds; round++) {
      for (Format format : Format.values()) {
        for (int connections : CONNECTIONS) {
          StringBuilder line =
              new StringBuilder(
                  "round %d/%d, %s, %d connections:"
                      .formatted(round, rounds, format.label(), connections));
          double others = 0;
          for (ServerProcess server : servers) {
            Measure measure = measure(server, format, connections, seconds);
            cells
                .computeIfAbsent(
                    new Cell(format, connections, server.server()),
                    cell -> new Rounds(new ArrayList<>()))
                .measures()
                .add(measure);
            line.append(" %.0f".formatted(measure.load().perSecond()));
            others = Math.max(others, measure.otherPercent());
          }
          progress.accept(
              line.append(" requests/s; others took at most %.0f %% of the CPU".formatted(others))
                  .toString());
        }
      }
    }
    return cells;
  }

  private Measure measure(ServerProcess server, Format format, int connections, int seconds)
      throws IOException, InterruptedException {
    boolean batches = server.server() == Server.RUNTIME;
    String before = batches ? server.metrics() : "";
    OtherLoad others = OtherLoad.start(servers.stream().map(ServerProcess::pid).toList());
    double cpu = ProcStat.cpuSeconds(server.pid());
    Wrk.Result load = wrk.run(server.infer(), format, bodies.get(format), connections, seconds);
    double used = ProcStat.cpuSeconds(server.pid()) - cpu;
    double otherPercent = others.percent();
    String after = batches ? server.metrics() : "";
    OptionalDouble rows =
        batches
            ? OptionalDouble.of(
                (metric(after, BATCH_ROWS) - metric(before, BATCH_ROWS))
                    / (metric(after, BATCHES) - metric(before, BATCHES)))
            : OptionalDouble.empty();
    return new Measure(load, used / load.requests() * 1e6, rows, otherPercent);
  }

  /** The value of a metric that has one series. */
  static double metric(String metrics, String prefix) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(prefix))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the runtime has no metric " + prefix));
  }
}

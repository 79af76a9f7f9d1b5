package dev.modelyard.bench.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ReportTest {
  /** The runtime answers 30,000, the worker pool 10,000, the event loop 15,000 requests/s. */
  private static Report report(double othersPercent) {
    Map<LoadRuns.Cell, LoadRuns.Rounds> load = new LinkedHashMap<>();
    for (Format format : Format.values()) {
      for (int connections : LoadRuns.CONNECTIONS) {
        add(load, format, connections, Server.RUNTIME, 30_000, othersPercent);
        add(load, format, connections, Server.BARE, 10_000, othersPercent);
        add(load, format, connections, Server.BARE_EVENT_LOOP, 15_000, othersPercent);
      }
    }
    Map<EngineRuns.Cell, Samples> engine = new TreeMap<>();
    engine.put(new EngineRuns.Cell("ort", 1), Samples.of(List.of(10_000)));
    engine.put(new EngineRuns.Cell("djl", 1), Samples.of(List.of(12_000)));
    engine.put(new EngineRuns.Cell("ort", 32), Samples.of(List.of(40_000)));
    engine.put(new EngineRuns.Cell("djl", 32), Samples.of(List.of(42_000)));
    Map<Server, Report.Starts> starts = new EnumMap<>(Server.class);
    for (Server server : Server.values()) {
      starts.put(server, new Report.Starts(Samples.of(List.of(1500, 1700, 1600)), 200));
    }
    return new Report(
        Settings.parse(List.of("--quick"), null),
        new Machine(LocalDate.EPOCH, "a CPU", 2, 4, "Linux", "a JVM", "versions"),
        starts,
        load,
        engine,
        new Report.Others(0, 0));
  }

  private static void add(
      Map<LoadRuns.Cell, LoadRuns.Rounds> load,
      Format format,
      int connections,
      Server server,
      long requests,
      double othersPercent) {
    LoadRuns.Measure measure =
        new LoadRuns.Measure(
            new Wrk.Result(requests, 1, 900, 2500, 3000),
            40,
            server == Server.RUNTIME ? OptionalDouble.of(7.5) : OptionalDouble.empty(),
            othersPercent);
    load.put(new LoadRuns.Cell(format, connections, server), new LoadRuns.Rounds(List.of(measure)));
  }

  @Test
  void theLastLineComparesWithTheWorkerPoolAndTheBatchOf32() {
    assertThat(report(0).summary())
        .isEqualTo(
            "INFERENCE rps_vs_unbatched_c64=3.00x ort_direct_gap=5.0% first_prediction_ms=1600");
  }

  @Test
  void theTableHasARowForEveryCell() {
    assertThat(report(0).markdown())
        .contains(
            "| JSON | 64 | modelyard runtime | 30000 (30000–30000) | 0.90 | 2.50 | 40 | 7.5 |",
            "| binary | 8 | bare endpoint, worker pool | 10000 (10000–10000) | 0.90 | 2.50 | 40 | 1 |",
            "| 1 | 10.0 (10.0–10.0) | 12.0 (12.0–12.0) | +20.0 % |")
        .doesNotContain("not quiet");
  }

  @Test
  void aDisturbedRunSaysSo() {
    assertThat(report(30).disturbed()).isTrue();
    assertThat(report(30).markdown()).contains("The machine was not quiet");
  }
}

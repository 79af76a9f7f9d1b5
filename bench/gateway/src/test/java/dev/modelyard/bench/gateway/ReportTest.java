package dev.modelyard.bench.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.bench.inference.Machine;
import dev.modelyard.bench.inference.Wrk;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {

  private static Report.Measure measure(double micros, double cpu) {
    return new Report.Measure(new Wrk.Result(1000, 1, micros, 2 * micros, 3 * micros), cpu, 1);
  }

  @Test
  void theLastLineComparesAt64Connections() throws Exception {
    Map<Report.Cell, List<Report.Measure>> cells = new LinkedHashMap<>();
    for (int connections : Settings.CONNECTIONS) {
      int times = connections == 64 ? 1 : 100;
      cells.put(
          new Report.Cell(connections, Way.Kind.DIRECT),
          List.of(measure(100 * times, 0), measure(200 * times, 0), measure(300 * times, 0)));
      cells.put(
          new Report.Cell(connections, Way.Kind.GATEWAY),
          List.of(measure(500, 30), measure(600, 20), measure(900, 40)));
      cells.put(
          new Report.Cell(connections, Way.Kind.NGINX),
          List.of(measure(300, 10), measure(300, 25), measure(300, 20)));
    }
    Report report =
        new Report(
            Machine.here(LocalDate.of(2026, 1, 2)), cells, new Settings(3, 1, 1, Path.of("x")));

    assertThat(report.summary())
        .isEqualTo("GATEWAY cpu_vs_nginx=1.50x added_p50_ms=0.40 added_p99_ms=0.80");
    assertThat(report.markdown())
        .startsWith(Report.SECTION.begin())
        .contains(report.summary())
        .contains(
            "| 64 | modelyard gateway | 1000 (1000–1000) | 0.60 (0.50–0.90) | 1.20 (1.00–1.80) | 0.40 | 0.80 | 30.0 (20.0–40.0) |")
        .endsWith(Report.SECTION.end() + "\n");
  }
}

package dev.modelyard.bench.autoscaling;

import dev.modelyard.bench.autoscaling.Simulation.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The figures to look at. */
final class Plots {
  private static final Map<Contender, String> COLORS =
      Map.of(
          Contender.MODELYARD, "#0b84a5",
          Contender.HPA, "#ca472f",
          Contender.KPA, "#f6a21b",
          Contender.ORACLE, "#6f9a4a");

  private static final List<Contender> SHOWN =
      List.of(Contender.MODELYARD, Contender.HPA, Contender.KPA, Contender.ORACLE);

  private Plots() {}

  /** What each paid and got, one panel a cold start, one dot a kind of trace. */
  static String tradeOff(List<Summary> summaries) {
    int panel = 290;
    Svg svg = new Svg(3 * panel + 60, 360);
    legend(svg, 60);
    int left = 60;
    for (double coldStart : AutoscalingBenchmark.COLD_STARTS) {
      double right = left + panel - 30.0;
      svg.line(left, 40, left, 300).line(left, 300, right, 300);
      svg.text((left + right) / 2, 56, "middle", format("cold start %.0f s", coldStart));
      for (int percent = 0; percent <= 100; percent += 25) {
        double y = 300 - 2.4 * percent;
        svg.line(left - 4, y, left, y).text(left - 7, y + 4, "end", percent + " %");
      }
      for (double times : new double[] {0.5, 1, 2, 4, 8}) {
        double x = across(times, left, right);
        svg.line(x, 300, x, 304)
            .text(x, 318, "middle", format("%s", times < 1 ? "½" : (int) times));
      }
      for (Summary summary : summaries) {
        if (summary.coldStart() != coldStart) {
          continue;
        }
        for (Contender contender : SHOWN) {
          double times =
              summary.replicaSeconds(contender) / summary.replicaSeconds(Contender.ORACLE);
          double share = summary.attainment(contender);
          svg.dot(
              across(times, left, right),
              300 - 240 * share,
              COLORS.get(contender),
              format(
                  "%s, %s: %.1f %% at %.2f times the oracle's replica-seconds",
                  summary.trace(), contender.label(), 100 * share, times));
        }
      }
      left += panel;
    }
    svg.text(60, 345, "start", "requests in time, over replica-seconds in times of the oracle's");
    return svg.toString();
  }

  private static double across(double times, double left, double right) {
    double log = Math.log(Math.max(0.5, Math.min(10, times)) / 0.5) / Math.log(20);
    return left + log * (right - left);
  }

  /** Ready replicas over the hour. */
  static String replicas(Run run) {
    Svg svg = new Svg(900, 320);
    legend(svg, 50);
    int most = 1;
    for (Contender contender : SHOWN) {
      for (int ready : run.results().get(contender).ready()) {
        most = Math.max(most, ready);
      }
    }
    double scale = 220.0 / most;
    double perSecond = 820.0 / run.workload().seconds();
    svg.line(50, 270, 870, 270).line(50, 50, 50, 270);
    for (int minute = 0; minute <= run.workload().seconds() / 60; minute += 10) {
      svg.text(50 + minute * 60 * perSecond, 286, "middle", minute + " min");
    }
    int step = Math.max(1, most / 6);
    for (int count = 0; count <= most; count += step) {
      svg.line(46, 270 - count * scale, 50, 270 - count * scale)
          .text(42, 274 - count * scale, "end", "" + count);
    }
    for (int i = SHOWN.size() - 1; i >= 0; i--) {
      Result result = run.results().get(SHOWN.get(i));
      List<double[]> points = new ArrayList<>();
      for (int second = 0; second < result.ready().length; second++) {
        points.add(new double[] {50 + second * perSecond, 270 - result.ready()[second] * scale});
      }
      svg.steps(points, COLORS.get(SHOWN.get(i)));
    }
    svg.text(
        50,
        310,
        "start",
        format(
            "Ready replicas, %s, cold start %.0f s",
            run.workload().name(), run.plant().coldStartSeconds()));
    return svg.toString();
  }

  private static void legend(Svg svg, double left) {
    double x = left;
    for (Contender contender : SHOWN) {
      svg.dot(x, 20, COLORS.get(contender), contender.label())
          .text(x + 8, 24, "start", contender.label());
      x += 120;
    }
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}

package dev.modelyard.bench.autoscaling;

import dev.modelyard.bench.report.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The figures as Markdown, as plots, and as one line. */
final class Report {
  static final Section SECTION = new Section("autoscaling");
  private static final String SHOWN_TRACE = Traces.BURST.label();
  private static final double SHOWN_COLD_START = 20;

  private final Settings settings;
  private final List<Run> runs;
  private final List<Run> recorded;

  record Plot(String file, String svg) {}

  /**
   * @param runs of generated traces; those that the last line counts
   * @param recorded of files; may be empty
   */
  Report(Settings settings, List<Run> runs, List<Run> recorded) {
    this.settings = settings;
    this.runs = runs;
    this.recorded = recorded;
  }

  /** The last line of a run. */
  String summary() {
    return format(
        "AUTOSCALING traces=%d better_than_hpa=%.0f%% better_than_kpa=%.0f%% oracle_gap=%.0f%%",
        runs.size(),
        percent(runs, Contender.HPA, Comparison.BETTER),
        percent(runs, Contender.KPA, Comparison.BETTER),
        100 * medianGap(runs));
  }

  static double percent(List<Run> runs, Contender other, Comparison comparison) {
    return 100.0
        * runs.stream().filter(run -> run.against(other) == comparison).count()
        / runs.size();
  }

  static double medianGap(List<Run> runs) {
    double[] gaps = runs.stream().mapToDouble(Run::oracleGap).sorted().toArray();
    return gaps.length % 2 == 1
        ? gaps[gaps.length / 2]
        : (gaps[gaps.length / 2 - 1] + gaps[gaps.length / 2]) / 2;
  }

  List<Plot> plots() {
    List<Plot> plots = new ArrayList<>();
    plots.add(new Plot("autoscaling-trade-off.svg", Plots.tradeOff(summaries(runs))));
    runs.stream()
        .filter(run -> run.trace().equals(SHOWN_TRACE))
        .filter(run -> run.plant().coldStartSeconds() == SHOWN_COLD_START)
        .findFirst()
        .ifPresent(run -> plots.add(new Plot("autoscaling-burst.svg", Plots.replicas(run))));
    return plots;
  }

  private static List<Summary> summaries(List<Run> runs) {
    Map<List<Object>, List<Run>> groups = new LinkedHashMap<>();
    for (double coldStart : AutoscalingBenchmark.COLD_STARTS) {
      for (Run run : runs) {
        if (run.plant().coldStartSeconds() == coldStart) {
          groups
              .computeIfAbsent(List.of(run.trace(), coldStart), key -> new ArrayList<>())
              .add(run);
        }
      }
    }
    return groups.entrySet().stream()
        .map(
            group ->
                new Summary(
                    (String) group.getKey().get(0),
                    (double) group.getKey().get(1),
                    group.getValue()))
        .toList();
  }

  /** The section of the report, between its two marks. */
  String markdown() {
    StringBuilder text = new StringBuilder(SECTION.begin()).append("\n## Autoscaling\n\n");
    text.append("```\n").append(summary()).append("\n```\n\n");
    text.append(ReportTexts.setting(settings, runs.size()));
    overall(text);
    text.append(ReportTexts.READING);
    byTrace(text, runs);
    if (!recorded.isEmpty()) {
      text.append(ReportTexts.RECORDED);
      byTrace(text, recorded);
    }
    text.append(ReportTexts.CONTENDERS);
    return text.append(SECTION.end()).append('\n').toString();
  }

  private void overall(StringBuilder text) {
    text.append(
        "| of " + runs.size() + " runs | than HPA | than Knative's KPA |\n|---|---:|---:|\n");
    for (Comparison comparison : Comparison.values()) {
      text.append(
          format(
              "| %s | %.0f %% | %.0f %% |%n",
              comparison.label(),
              percent(runs, Contender.HPA, comparison),
              percent(runs, Contender.KPA, comparison)));
    }
    text.append("\n| cold start | Modelyard | HPA | KPA | oracle | gap |\n");
    text.append("|---:|---:|---:|---:|---:|---:|\n");
    for (double coldStart : AutoscalingBenchmark.COLD_STARTS) {
      List<Run> some =
          runs.stream().filter(run -> run.plant().coldStartSeconds() == coldStart).toList();
      Summary all = new Summary("all", coldStart, some);
      text.append(
          format(
              "| %.0f s | %s | %s | %s | %s | %.0f %% |%n",
              coldStart,
              cell(all, Contender.MODELYARD),
              cell(all, Contender.HPA),
              cell(all, Contender.KPA),
              cell(all, Contender.ORACLE),
              100 * medianGap(some)));
    }
    text.append('\n');
  }

  private static void byTrace(StringBuilder text, List<Run> runs) {
    text.append(
        "| trace | cold start | Modelyard | HPA | KPA | oracle | better than HPA | KPA |\n");
    text.append("|---|---:|---:|---:|---:|---:|---:|---:|\n");
    for (Summary summary : summaries(runs)) {
      text.append(
          format(
              "| %s | %.0f s | %s | %s | %s | %s | %d/%d | %d/%d |%n",
              summary.trace(),
              summary.coldStart(),
              cell(summary, Contender.MODELYARD),
              cell(summary, Contender.HPA),
              cell(summary, Contender.KPA),
              cell(summary, Contender.ORACLE),
              summary.count(Contender.HPA, Comparison.BETTER),
              summary.runs().size(),
              summary.count(Contender.KPA, Comparison.BETTER),
              summary.runs().size()));
    }
    text.append('\n');
  }

  private static String cell(Summary summary, Contender contender) {
    return format(
        "%.2f %% · %.2f h",
        100 * summary.attainment(contender), summary.replicaSeconds(contender) / 3600);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}

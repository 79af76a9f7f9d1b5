package dev.modelyard.bench.autoscaling;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code bench/run autoscaling}: simulates, prints, writes the report and its plots. */
final class AutoscalingBenchmark {
  static final double[] COLD_STARTS = {1, 20, 120};

  private AutoscalingBenchmark() {}

  /** A trace to be run with one cold start. */
  private record Job(String trace, Workload workload, double coldStart) {}

  /** The first argument is the repository, the rest are options. */
  public static void main(String[] arguments) throws IOException {
    Path repository = Path.of(arguments[0]);
    List<String> options = Arrays.asList(arguments).subList(1, arguments.length);
    Settings settings;
    try {
      settings = Settings.parse(options, repository.resolve("docs/benchmarks.md"));
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(2);
      return;
    }
    List<Run> runs = simulate(generated(settings));
    List<Run> recorded = simulate(recorded(settings));
    Report report = new Report(settings, runs, recorded);
    if (settings.report() == null) {
      System.out.println(report.markdown());
      System.out.println("bench: a quick run: its report is not kept");
    } else {
      write(settings.report(), report);
    }
    System.out.println(report.summary());
  }

  private static void write(Path page, Report report) throws IOException {
    Path folder = page.resolveSibling("benchmarks");
    Files.createDirectories(folder);
    for (Report.Plot plot : report.plots()) {
      Files.writeString(folder.resolve(plot.file()), plot.svg());
    }
    Report.SECTION.write(page, report.markdown());
    System.out.println("bench: wrote " + page + " and " + folder);
  }

  private static List<Job> generated(Settings settings) {
    List<Job> jobs = new ArrayList<>();
    for (Traces trace : Traces.values()) {
      for (int i = 0; i < settings.seeds(); i++) {
        Workload workload = trace.workload(Settings.FIRST_SEED + i);
        for (double coldStart : COLD_STARTS) {
          jobs.add(new Job(trace.label(), workload, coldStart));
        }
      }
    }
    return jobs;
  }

  private static List<Job> recorded(Settings settings) throws IOException {
    List<Job> jobs = new ArrayList<>();
    for (Path file : settings.traces()) {
      Workload workload = RecordedTrace.read(file);
      for (double coldStart : COLD_STARTS) {
        jobs.add(new Job(workload.name(), workload, coldStart));
      }
    }
    return jobs;
  }

  private static List<Run> simulate(List<Job> jobs) {
    AtomicInteger done = new AtomicInteger();
    return jobs.parallelStream()
        .map(
            job -> {
              Run run = Run.of(job.trace(), job.workload(), Plant.withColdStart(job.coldStart()));
              System.out.printf(
                  Locale.ROOT,
                  "bench: %3d/%d %s, cold start %.0f s: vs HPA %s, vs KPA %s, oracle %+.0f %%%n",
                  done.incrementAndGet(),
                  jobs.size(),
                  job.workload().name(),
                  job.coldStart(),
                  run.against(Contender.HPA).label(),
                  run.against(Contender.KPA).label(),
                  100 * run.oracleGap());
              return run;
            })
        .toList();
  }
}

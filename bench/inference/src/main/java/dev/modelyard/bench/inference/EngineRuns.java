package dev.modelyard.bench.inference;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs {@link EngineBenchmark}: every round forks a fresh JVM for each of its four cells. */
final class EngineRuns {
  private EngineRuns() {}

  /**
   * @param path {@code djl} or {@code ort}
   * @param batch rows computed together
   */
  record Cell(String path, int batch) implements Comparable<Cell> {
    @Override
    public int compareTo(Cell other) {
      int byBatch = Integer.compare(batch, other.batch);
      return byBatch != 0 ? byBatch : path.compareTo(other.path);
    }
  }

  /**
   * @param iterations of one second each, after as many to warm up
   * @return nanoseconds a call, one for each round
   */
  static Map<Cell, Samples> run(Path repository, int rounds, int iterations) {
    Options options =
        new OptionsBuilder()
            .include(EngineBenchmark.class.getName() + "\\.")
            .param("repository", repository.toString())
            .forks(1)
            .warmupIterations(iterations)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(iterations)
            .measurementTime(TimeValue.seconds(1))
            .jvmArgsAppend("-Djmh.ignoreLock=true")
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    Map<Cell, List<Double>> nanos = new TreeMap<>();
    for (int round = 0; round < rounds; round++) {
      for (RunResult result : round(options)) {
        String name = result.getParams().getBenchmark();
        Cell cell =
            new Cell(
                name.substring(name.lastIndexOf('.') + 1),
                Integer.parseInt(result.getParams().getParam("batch")));
        nanos
            .computeIfAbsent(cell, key -> new ArrayList<>())
            .add(result.getPrimaryResult().getScore());
      }
    }
    Map<Cell, Samples> samples = new TreeMap<>();
    nanos.forEach((cell, values) -> samples.put(cell, Samples.of(values)));
    return samples;
  }

  private static Collection<RunResult> round(Options options) {
    try {
      return new Runner(options).run();
    } catch (RunnerException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw new IllegalStateException("JMH failed: " + e.getMessage() + ": " + cause, e);
    }
  }

  /** How much longer the runtime's path takes than ONNX Runtime alone, in percent. */
  static double gapPercent(Map<Cell, Samples> cells, int batch) {
    double djl = cells.get(new Cell("djl", batch)).median();
    double ort = cells.get(new Cell("ort", batch)).median();
    return (djl / ort - 1) * 100;
  }
}

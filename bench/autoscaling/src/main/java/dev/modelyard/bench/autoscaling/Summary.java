package dev.modelyard.bench.autoscaling;

import java.util.List;

/**
 * The runs of one kind of trace with one cold start.
 *
 * @param runs at least one
 */
record Summary(String trace, double coldStart, List<Run> runs) {
  double attainment(Contender contender) {
    return runs.stream()
        .mapToDouble(run -> run.results().get(contender).attainment())
        .average()
        .orElseThrow();
  }

  double replicaSeconds(Contender contender) {
    return runs.stream()
        .mapToDouble(run -> run.results().get(contender).replicaSeconds())
        .average()
        .orElseThrow();
  }

  long count(Contender other, Comparison comparison) {
    return runs.stream().filter(run -> run.against(other) == comparison).count();
  }
}

package dev.modelyard.bench.autoscaling;

import dev.modelyard.bench.autoscaling.Simulation.Result;
import java.util.EnumMap;
import java.util.Map;

/**
 * One trace with one cold start, and how each contender did.
 *
 * @param trace its kind
 */
record Run(String trace, Workload workload, Plant plant, Map<Contender, Result> results) {

  static Run of(String trace, Workload workload, Plant plant) {
    Map<Contender, Result> results = new EnumMap<>(Contender.class);
    for (Contender contender : Contender.values()) {
      results.put(contender, contender.run(workload, plant));
    }
    return new Run(trace, workload, plant, results);
  }

  /** Against whom, from the same lower bound. */
  Comparison against(Contender other) {
    Contender own = other == Contender.HPA ? Contender.MODELYARD_FROM_ONE : Contender.MODELYARD;
    return Comparison.of(results.get(own), results.get(other));
  }

  /** Replica-seconds over the oracle's, as a share. */
  double oracleGap() {
    return results.get(Contender.MODELYARD).replicaSeconds()
            / results.get(Contender.ORACLE).replicaSeconds()
        - 1;
  }
}

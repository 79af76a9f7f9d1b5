package dev.modelyard.bench.autoscaling;

import dev.modelyard.bench.autoscaling.Simulation.Result;
import dev.modelyard.operator.autoscaling.policy.Target;
import java.time.Duration;

/** Who runs, and configured how: with its defaults, and all with the same target. */
enum Contender {
  MODELYARD("Modelyard") {
    @Override
    Result run(Workload workload, Plant plant) {
      return modelyard(workload, plant, 0);
    }
  },

  /** For the comparison with the HPA, which cannot go lower. */
  MODELYARD_FROM_ONE("Modelyard, at least 1") {
    @Override
    Result run(Workload workload, Plant plant) {
      return modelyard(workload, plant, 1);
    }
  },

  HPA("HPA") {
    @Override
    Result run(Workload workload, Plant plant) {
      return Simulation.run(workload, plant, new Hpa(plant.target(), 1, plant.maxReplicas()));
    }
  },

  KPA("Knative KPA") {
    @Override
    Result run(Workload workload, Plant plant) {
      return Simulation.run(
          workload,
          plant,
          Kpa.withDefaults(
              plant.target(),
              plant.slots(),
              (int) TO_ZERO_AFTER.toSeconds() - Kpa.STABLE_SECONDS,
              plant.maxReplicas()));
    }
  },

  /** The future, at the same target. */
  ORACLE("oracle") {
    @Override
    Result run(Workload workload, Plant plant) {
      return Oracle.best(workload, plant, OBJECTIVE, plant.target());
    }
  };

  /** The share of requests that the oracle has to serve in time. */
  static final double OBJECTIVE = 0.99;

  /** The same idleness for all who can: Modelyard's default. */
  static final Duration TO_ZERO_AFTER = Duration.ofMinutes(5);

  private static final Duration DOWN_DELAY = Duration.ofMinutes(1);

  private final String label;

  Contender(String label) {
    this.label = label;
  }

  abstract Result run(Workload workload, Plant plant);

  private static Result modelyard(Workload workload, Plant plant, int minReplicas) {
    return Simulation.run(
        workload,
        plant,
        new ModelyardAutoscaler(
            plant, minReplicas, new Target.InFlight(plant.target()), TO_ZERO_AFTER, DOWN_DELAY));
  }

  String label() {
    return label;
  }
}

package dev.modelyard.bench.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.bench.autoscaling.Simulation.Result;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {
  @ParameterizedTest
  @CsvSource({
    "0.99, 100, 0.98, 120, BETTER",
    "0.99, 100, 0.99, 120, BETTER",
    "0.9895, 100, 0.99, 120, BETTER",
    "0.99, 100.5, 0.98, 100, BETTER",
    "0.99, 100, 0.9905, 100.5, EQUAL",
    "0.99, 120, 0.98, 100, DEARER",
    "0.98, 100, 0.99, 120, CHEAPER",
    "0.98, 120, 0.99, 100, WORSE",
    "0.99, 120, 0.99, 100, WORSE",
    "0.98, 100, 0.99, 100, WORSE",
  })
  void judgesBothAxes(
      double attainment,
      double cost,
      double otherAttainment,
      double otherCost,
      Comparison expected) {
    assertThat(Comparison.of(result(attainment, cost), result(otherAttainment, otherCost)))
        .isEqualTo(expected);
  }

  private static Result result(double attainment, double replicaSeconds) {
    return new Result(attainment, replicaSeconds, new int[0], new int[0]);
  }
}

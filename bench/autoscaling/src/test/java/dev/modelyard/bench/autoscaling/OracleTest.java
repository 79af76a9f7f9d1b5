package dev.modelyard.bench.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.bench.autoscaling.Simulation.Result;
import org.junit.jupiter.api.Test;

class OracleTest {
  @Test
  void wantsEachReplicaOneStartEarlier() {
    int[] needed = {0, 0, 0, 0, 0, 0, 2, 2, 0, 0};

    assertThat(Oracle.plan(needed, 3)).containsExactly(0, 0, 2, 2, 2, 2, 2, 2, 0, 0);
  }

  @Test
  void keepsAReplicaOverAGapThatIsTooShortForAStart() {
    int[] needed = {1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    assertThat(Oracle.plan(needed, 2)).containsExactly(1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1);
  }

  @Test
  void beatsWhoeverDoesNotKnowTheFuture() {
    Workload workload = Traces.BURST.workload(5);
    Plant plant = Plant.withColdStart(20);
    Result oracle = Contender.ORACLE.run(workload, plant);

    assertThat(oracle.attainment()).isGreaterThan(Contender.OBJECTIVE);
    for (Contender other : new Contender[] {Contender.MODELYARD, Contender.HPA, Contender.KPA}) {
      Result result = other.run(workload, plant);
      assertThat(result.attainment()).isLessThan(oracle.attainment());
      assertThat(result.replicaSeconds()).isGreaterThan(oracle.replicaSeconds());
    }
  }
}

package dev.modelyard.bench.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.modelyard.bench.autoscaling.Autoscaler.Sample;
import dev.modelyard.bench.autoscaling.Simulation.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulationTest {
  private static final Plant PLANT = new Plant(2, 0, 10, 1, 1, 20);

  private static Workload workload(int seconds, double work, double... arrivals) {
    double[] works = new double[arrivals.length];
    Arrays.fill(works, work);
    return new Workload("test", seconds, arrivals, works);
  }

  @Test
  void aRequestThatFindsASlotDoesNotWait() {
    Result result = Simulation.run(workload(10, 3, 1, 1.5), PLANT, sample -> 1);

    assertThat(result.attainment()).isEqualTo(1);
    assertThat(result.replicaSeconds()).isCloseTo(60, within(50.0));
  }

  @Test
  void oneThatFindsNoneWaitsItsTurn() {
    // Two at a time: the third waits for 2 s, the fourth for 2.9 s.
    List<Sample> samples = new ArrayList<>();
    Result result =
        Simulation.run(
            workload(20, 60, 61, 61, 62, 62),
            PLANT,
            sample -> {
              samples.add(sample);
              return 1;
            });

    assertThat(samples).hasSize(20);
    assertThat(result.attainment()).isEqualTo(1);
  }

  @Test
  void whatWaitsLongerThanTheObjectiveMissesIt() {
    // Nothing is there in the first minute, so one replica is: two are served, two wait for 5 s.
    Result result = Simulation.run(workload(100, 5, 70, 70, 70, 70), PLANT, sample -> 1);

    assertThat(result.attainment()).isEqualTo(0.5);
    assertThat(result.replicaSeconds()).isCloseTo(100, within(1e-6));
  }

  @Test
  void aReplicaIsReadyAColdStartLaterAndCostsFromTheBeginning() {
    Result result =
        Simulation.run(workload(100, 1, 99), PLANT, sample -> sample.second() >= 50 ? 3 : 1);

    assertThat(result.replicaSeconds()).isCloseTo(100 + 2 * 50, within(1e-6));
    assertThat(result.ready()[57]).isEqualTo(1);
    assertThat(result.ready()[61]).isEqualTo(3);
    assertThat(result.wanted()[49]).isEqualTo(3);
  }

  @Test
  void whatIsScaledAwayFinishesAndCostsUntilThen() {
    Result result =
        Simulation.run(workload(100, 20, 70), PLANT, sample -> sample.second() >= 75 ? 0 : 1);

    assertThat(result.attainment()).isEqualTo(1);
    assertThat(result.replicaSeconds()).isCloseTo(90, within(1e-6));
  }

  @Test
  void heldRequestsAreServedOnceSomethingIsReady() {
    List<Sample> samples = new ArrayList<>();
    Result result =
        Simulation.run(
            workload(100, 1, 70),
            PLANT,
            sample -> {
              samples.add(sample);
              return sample.second() < 10 || sample.waiting() > 0 || sample.second() > 75 ? 1 : 0;
            });

    assertThat(samples.get(70).waiting()).isEqualTo(1);
    assertThat(samples.get(99).completed()).isEqualTo(1);
    assertThat(result.attainment()).isZero();
  }

  @Test
  void aFullReplicaTakesLonger() {
    Plant slow = new Plant(2, 0.5, 10, 1, 1, 20);
    List<Sample> samples = new ArrayList<>();
    Simulation.run(
        workload(100, 10, 70, 70),
        slow,
        sample -> {
          samples.add(sample);
          return 1;
        });

    assertThat(samples.get(82).completed()).as("alone: 12.5 s").isEqualTo(1);
    assertThat(samples.get(85).completed()).as("in the full one: 15 s").isEqualTo(2);
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    for (Traces trace : Traces.values()) {
      Workload one = trace.workload(3);
      Workload other = trace.workload(3);
      assertThat(Arrays.equals(one.arrivals(), other.arrivals())).isTrue();
      assertThat(Arrays.equals(one.work(), other.work())).isTrue();
      double[] sorted = one.arrivals().clone();
      Arrays.sort(sorted);
      assertThat(Arrays.equals(one.arrivals(), sorted)).isTrue();
      assertThat(Arrays.stream(one.arrivals()).max().orElseThrow()).isLessThan(Traces.SECONDS);
    }
    Plant plant = Plant.withColdStart(20);
    Workload workload = Traces.SPIKES.workload(3);
    Result one = Contender.MODELYARD.run(workload, plant);
    Result other = Contender.MODELYARD.run(workload, plant);
    assertThat(Arrays.equals(one.wanted(), other.wanted())).isTrue();
    assertThat(one.replicaSeconds()).isEqualTo(other.replicaSeconds());
  }
}

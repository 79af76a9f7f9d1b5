package dev.modelyard.bench.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.bench.autoscaling.Autoscaler.Sample;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples and rules of the Kubernetes documentation "Horizontal Pod Autoscaling". */
class HpaTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    // "Algorithm details": the metric of 200m against 100m doubles, of 50m halves.
    "twice the target doubles,             4, 0.2,  4, 0, 0, 8",
    "half the target halves,               4, 0.05, 4, 0, 0, 2",
    "within the tolerance nothing happens, 4, 0.11, 4, 0, 0, 4",
    "neither below,                        4, 0.09, 4, 0, 0, 4",
    "just over it one more,                4, 0.112, 4, 0, 0, 5",
    // "the controller conservatively assumes that the not-yet-ready pods are consuming 0%".
    "unready pods dampen a scale-up,       4, 0.2,  2, 0, 2, 4",
    "by what they will take,               4, 0.3,  3, 0, 1, 9",
    "missing metrics count 0 going up,     4, 0.3,  2, 2, 0, 6",
    // "assuming those pods were consuming 100% of the desired value in case of a scale down".
    "missing metrics count full going down, 4, 0.05, 2, 2, 0, 3",
    // "If the new ratio reverses the scale direction ... doesn't take any scaling action".
    "what would turn the direction is left, 4, 0.12, 1, 0, 3, 4",
  })
  void proposes(
      String name, int current, double perPod, int ready, int missing, int unready, int expected) {
    Hpa hpa = new Hpa(0.1, 1, 100);

    assertThat(hpa.proposal(current, perPod, new Hpa.Pods(ready, missing, unready)))
        .isEqualTo(expected);
  }

  @Test
  void growsByADoublingOrFourPodsAPeriod() {
    Hpa hpa = new Hpa(1, 1, 100);

    // "Default Behavior": 4 pods or 100 %, whichever is more, every 15 seconds.
    assertThat(hpa.limited(15, 1, 90)).isEqualTo(5);
    assertThat(hpa.limited(30, 5, 90)).isEqualTo(10);
    assertThat(hpa.limited(45, 10, 90)).isEqualTo(20);
    assertThat(hpa.limited(50, 20, 90)).as("within the same 15 s").isEqualTo(20);
  }

  @Test
  void shrinksToTheHighestRecommendationOfFiveMinutes() {
    Hpa hpa = new Hpa(1, 1, 100);
    hpa.limited(15, 10, 10);
    hpa.limited(30, 10, 8);

    assertThat(hpa.limited(45, 10, 2)).isEqualTo(10);
    assertThat(hpa.limited(314, 10, 2)).isEqualTo(10);
    assertThat(hpa.limited(316, 10, 2)).isEqualTo(8);
    assertThat(hpa.limited(331, 8, 2)).isEqualTo(2);
  }

  @Test
  void neverGoesBelowOneOrAboveItsMaximum() {
    Hpa hpa = new Hpa(1, 0, 6);

    assertThat(hpa.limited(400, 1, 0)).isEqualTo(1);
    assertThat(hpa.limited(415, 5, 50)).isEqualTo(6);
  }

  @Test
  void looksEveryFifteenSecondsAtWhatWasScraped() {
    Hpa hpa = new Hpa(7, 1, 100);
    int changes = 0;
    int wanted = 1;
    for (int second = 1; second < 30; second++) {
      int next = hpa.decide(sample(second, wanted, 70));
      if (next != wanted) {
        changes++;
        assertThat(second % Hpa.SYNC_SECONDS).isZero();
      }
      wanted = next;
    }

    assertThat(changes).isEqualTo(1);
    assertThat(wanted).isEqualTo(5);
  }

  private static Sample sample(int second, int wanted, double load) {
    List<Double> ready = List.of(1000.0);
    List<Double> starting = Collections.nCopies(wanted - 1, 1.0);
    return new Sample(second, (int) load, 0, load, 0, 0, 0, 0, wanted, ready, starting);
  }
}

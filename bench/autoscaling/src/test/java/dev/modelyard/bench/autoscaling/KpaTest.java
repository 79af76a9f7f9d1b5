package dev.modelyard.bench.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.bench.autoscaling.Autoscaler.Sample;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/**
 * The behaviour that Knative documents ("Configuring the Autoscaler") and that the tests of its
 * {@code pkg/autoscaler/scaling} state as examples: the same inputs, the same numbers of pods.
 */
class KpaTest {
  /** As those examples are configured: at most ten times up, a tenth down. */
  private static Kpa kpa(double target) {
    return new Kpa(target, target / 0.75, 2, 10, 10, 0, 10_000);
  }

  @Test
  void stableModeFollowsTheStableWindow() {
    Kpa kpa = kpa(10);

    assertThat(kpa.scale(2, 1, 50, 10)).isEqualTo(5);
    assertThat(kpa.scale(4, 1, 100, 10)).isEqualTo(10);
  }

  @Test
  void stableModeDecreases() {
    Kpa kpa = kpa(10);

    assertThat(kpa.scale(2, 8, 100, 100)).isEqualTo(10);
    assertThat(kpa.scale(4, 8, 50, 50)).isEqualTo(5);
  }

  @Test
  void noTrafficWantsNoPods() {
    Kpa kpa = kpa(10);

    assertThat(kpa.scale(2, 1, 1, 0)).isEqualTo(1);
    assertThat(kpa.scale(4, 1, 0, 0)).isZero();
  }

  @Test
  void panicFollowsAnExponentialRiseAndStabilizes() {
    Kpa kpa = kpa(1);

    assertThat(kpa.scale(0, 1, 6, 6)).isEqualTo(6);
    assertThat(kpa.scale(0, 6, 36, 36)).isEqualTo(36);
    assertThat(kpa.scale(1, 36, 216, 216)).isEqualTo(216);
    assertThat(kpa.scale(1, 216, 1296, 1296)).isEqualTo(1296);
    assertThat(kpa.scale(2, 1296, 1296, 1296)).isEqualTo(1296);
  }

  @Test
  void panicEndsWhenTheRiseHasReachedTheStableWindow() {
    Kpa kpa = kpa(1);

    assertThat(kpa.scale(0, 10, 11, 25)).isEqualTo(25);
    assertThat(kpa.scale(30, 40, 30, 41)).isEqualTo(41);
    assertThat(kpa.scale(62, 55, 50, 56)).isEqualTo(50);
  }

  @Test
  void panicIsExtendedWhileItSurges() {
    Kpa kpa = kpa(1);

    assertThat(kpa.scale(0, 10, 11, 25)).isEqualTo(25);
    assertThat(kpa.scale(30, 40, 30, 80)).isEqualTo(80);
    assertThat(kpa.scale(62, 80, 50, 56)).as("still panicking").isEqualTo(80);
  }

  @Test
  void panicNeverScalesDown() {
    Kpa kpa = kpa(10);
    assertThat(kpa.scale(0, 1, 100, 100)).isEqualTo(10);

    assertThat(kpa.scale(0, 10, 100, 1000)).isEqualTo(100);
    assertThat(kpa.scale(30, 10, 1, 1)).isEqualTo(100);
    assertThat(kpa.scale(61, 10, 1, 1)).isEqualTo(1);
  }

  @Test
  void bothRatesAreLimited() {
    Kpa up = kpa(10);
    assertThat(up.scale(0, 1, 1000, 1001)).isEqualTo(10);
    assertThat(up.scale(0, 10, 1000, 1001)).isEqualTo(100);

    Kpa down = kpa(10);
    assertThat(down.scale(0, 100, 1, 1)).isEqualTo(10);
    assertThat(down.scale(0, 10, 1, 1)).isEqualTo(1);
  }

  @Test
  void goesToZeroAfterAnEmptyStableWindow() {
    Kpa kpa = Kpa.withDefaults(7, 10, 0, 10);
    int last = 0;
    int wanted = 1;
    for (int second = 1; second < 400 && wanted > 0; second++) {
      double load = second < 100 ? 5 : 0;
      wanted = kpa.decide(sample(second, 1, wanted, load, 0));
      last = second;
    }

    assertThat(wanted).isZero();
    assertThat(last - 100).isBetween(Kpa.STABLE_SECONDS, Kpa.STABLE_SECONDS + 5);
  }

  @Test
  void keepsTheLastPodForItsRetention() {
    Kpa kpa = Kpa.withDefaults(7, 10, 120, 10);
    int wanted = 1;
    int second = 0;
    while (wanted > 0 && second++ < 600) {
      wanted = kpa.decide(sample(second, 1, wanted, second < 100 ? 5 : 0, 0));
    }

    assertThat(second - 100).isBetween(Kpa.STABLE_SECONDS + 120, Kpa.STABLE_SECONDS + 126);
  }

  @Test
  void theActivatorWakesItAtOnce() {
    Kpa kpa = Kpa.withDefaults(7, 10, 0, 10);
    for (int second = 1; second < 101; second++) {
      assertThat(kpa.decide(sample(second, 0, 0, 0, 0))).isZero();
    }

    assertThat(kpa.decide(sample(101, 0, 0, 0.5, 1))).isEqualTo(1);
  }

  @Test
  void averagesOverWhatThereIsWhileAWindowFills() {
    Kpa kpa = Kpa.withDefaults(7, 10, 0, 100);
    int wanted = 2;
    for (int second = 1; second <= 10; second++) {
      wanted = kpa.decide(sample(second, 2, wanted, 21, 0));
    }

    assertThat(wanted).isEqualTo(3);
  }

  private static Sample sample(int second, int ready, int wanted, double load, int waiting) {
    return new Sample(
        second,
        (int) load,
        waiting,
        load,
        0,
        0,
        0,
        0,
        wanted,
        Collections.nCopies(ready, 100.0),
        Collections.nCopies(Math.max(0, wanted - ready), 1.0));
  }
}

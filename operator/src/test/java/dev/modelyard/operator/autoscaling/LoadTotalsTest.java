package dev.modelyard.operator.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.operator.autoscaling.GatewayDemand.Demand;
import dev.modelyard.operator.autoscaling.policy.Signal;
import dev.modelyard.operator.autoscaling.policy.Signal.Measured;
import dev.modelyard.operator.status.RuntimeStatus.Load;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoadTotalsTest {
  private static final Demand NOBODY = new Demand(2, 2, 0);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final LoadTotals totals = new LoadTotals(0);

  @Test
  void addsUpWhatPodsAndGatewaysTell() {
    totals.told("a", load(1, 3, 100, 0L), 0);
    totals.told("b", load(0, 0, 50, 700L), 0);

    Measured signal = measured(2, new Demand(2, 2, 5), 0);

    assertThat(signal.inFlight()).isEqualTo(1);
    assertThat(signal.queued()).isEqualTo(3);
    assertThat(signal.held()).isEqualTo(5);
    assertThat(signal.busy()).isEqualTo(1);
    assertThat(signal.asked()).isEqualTo(4);
    assertThat(signal.answered()).isEqualTo(4);
  }

  @Test
  void whatComesAndGoesBetweenTwoLooksIsCountedByItsTime() {
    totals.told("a", new Load(0, 0, 100, 0, 0, 5_000L, 2_000L, 400L), 0);
    assertThat(measured(1, NOBODY, 0).inFlight()).isZero();
    totals.told("a", new Load(0, 0, 180, 0, 0, 5_800L, 4_400L, 3L), SECOND);

    Measured signal = measured(1, NOBODY, SECOND);

    assertThat(signal.inFlight()).isEqualTo(0.8);
    assertThat(signal.queued()).isEqualTo(2.4);
  }

  @Test
  void ofARuntimeThatRestartedTheMomentIsTaken() {
    totals.told("a", new Load(0, 0, 100, 0, 0, 5_000L, 2_000L, 400L), 0);
    totals.told("a", new Load(2, 1, 3, 0, 0, 90L, 40L, 0L), SECOND);
    assertThat(measured(1, NOBODY, SECOND).inFlight()).isEqualTo(2);
    assertThat(measured(1, NOBODY, SECOND).queued()).isEqualTo(1);
  }

  @Test
  void countsWhatCameSinceThePodWasSeenFirst() {
    totals.told("a", load(1, 3, 100, 0L), 0);
    assertThat(measured(1, NOBODY, 0).arrived()).isZero();
    totals.told("a", load(2, 2, 108 + 1 + 1, 0L), SECOND);

    Measured signal = measured(1, NOBODY, SECOND);

    assertThat(signal.arrived()).isEqualTo(10);
    assertThat(signal.completed()).isEqualTo(10);
  }

  @Test
  void aPodThatRestartsOrGoesTakesNothingAway() {
    totals.told("a", load(0, 0, 100, 0L), 0);
    totals.told("a", load(0, 0, 130, 0L), SECOND);
    totals.told("a", load(0, 1, 4, 0L), 2 * SECOND);
    assertThat(measured(1, NOBODY, 2 * SECOND).arrived()).isEqualTo(35);

    totals.retain(Set.of());

    assertThat(measured(0, NOBODY, 2 * SECOND).arrived()).isEqualTo(35);
  }

  @Test
  void whatWasHeldIsCountedOnceThoughItReachesAPodLater() {
    totals.told("a", load(0, 0, 0, 0L), 0);
    assertThat(measured(1, new Demand(1, 1, 7), 0).arrived()).isEqualTo(7);
    totals.told("a", load(4, 3, 0, 0L), SECOND);
    assertThat(measured(1, NOBODY, SECOND).arrived()).isEqualTo(7);
  }

  @Test
  void idleIsWhatThePodAskedLastSays() {
    totals.told("a", load(0, 0, 9, 90_000L), 0);
    totals.told("b", load(0, 0, 9, 4_000L), 0);
    assertThat(measured(2, NOBODY, SECOND).idle()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void aBusyPodIsNotIdleHoweverOldItsAnswer() {
    totals.told("a", load(1, 0, 9, 0L), 0);
    assertThat(measured(1, NOBODY, 3 * SECOND).idle()).isZero();
  }

  @Test
  void ofARuntimeThatDoesNotTellIdleIsWhatWasSeenOfIt() {
    totals.told("a", load(0, 0, 9, null), 0);
    totals.told("a", load(0, 0, 12, null), 4 * SECOND);
    totals.told("a", load(0, 0, 12, null), 6 * SECOND);
    assertThat(measured(1, NOBODY, 6 * SECOND).idle()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void aPodThatIsSilentForLongMakesThePictureIncomplete() {
    totals.told("a", load(1, 0, 0, 0L), 0);
    totals.told("b", load(1, 0, 0, 0L), 6 * SECOND);
    Measured signal = measured(2, NOBODY, 6 * SECOND);
    assertThat(signal.answered()).isEqualTo(signal.asked() - 1);
    assertThat(signal.inFlight()).isEqualTo(1);
  }

  @Test
  void nobodyToldIsNotNothing() {
    assertThat(totals.signal(3, new Demand(2, 0, 0), 0)).isInstanceOf(Signal.Missing.class);
    assertThat(totals.signal(0, new Demand(2, 0, 0), 0)).isInstanceOf(Signal.Missing.class);
    assertThat(totals.signal(0, new Demand(0, 0, 0), 0)).isInstanceOf(Measured.class);
    // That the gateways hold nothing says nothing of what the pods have to do.
    assertThat(totals.signal(3, new Demand(2, 2, 0), 0)).isInstanceOf(Signal.Missing.class);
    assertThat(totals.signal(3, new Demand(2, 2, 1), 0)).isInstanceOf(Measured.class);
  }

  /** Of a runtime that does not tell for how long. */
  private static Load load(int inFlight, int queued, long completed, Long idleMillis) {
    return new Load(inFlight, queued, completed, 0, 0, null, null, idleMillis);
  }

  private Measured measured(int asked, Demand demand, long nanos) {
    return (Measured) totals.signal(asked, demand, nanos);
  }
}

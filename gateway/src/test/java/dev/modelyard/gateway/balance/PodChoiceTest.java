package dev.modelyard.gateway.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.gateway.routing.Endpoint;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodChoiceTest {
  private static final long NOW = Long.MAX_VALUE - 5; // As nanoTime may be: it wraps.

  private static Pod[] pods(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Pod(new Endpoint("10.0.0." + i, 8080)))
        .toArray(Pod[]::new);
  }

  private static Pod choose(Pod[] pods, long now) {
    return PodChoice.choose(pods, 100, List.of(), true, now);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16, 17, 100})
  void requestsSpreadEvenly(int count) {
    Pod[] pods = pods(count);
    for (int i = 0; i < 20 * count; i++) {
      choose(pods, NOW).begin();
    }

    int[] inFlight = Arrays.stream(pods).mapToInt(Pod::inFlight).toArray();
    assertThat(Arrays.stream(inFlight).sum()).isEqualTo(20 * count);
    if (count <= PodChoice.SCANNED) {
      assertThat(inFlight).containsOnly(20);
    } else {
      // Two that are drawn keep the most loaded within a few of the mean.
      assertThat(Arrays.stream(inFlight).max().getAsInt()).isLessThan(30);
    }
  }

  @Test
  void noneTakesMoreThanItMay() {
    Pod[] pods = pods(2);
    for (Pod pod : pods) {
      pod.begin();
    }

    assertThat(PodChoice.choose(pods, 1, List.of(), true, NOW)).isNull();
    assertThat(PodChoice.choose(new Pod[0], 1, List.of(), true, NOW)).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 40})
  void thoseThatFailAreTakenLastOrNotAtAll(int count) {
    Pod[] pods = pods(count);
    for (int i = 1; i < count; i++) {
      assertThat(pods[i].unreachable(NOW)).isTrue();
      assertThat(pods[i].unreachable(NOW)).isFalse();
    }
    pods[0].begin();
    for (int i = 0; i < 50; i++) {
      assertThat(choose(pods, NOW)).isSameAs(pods[0]);
    }

    pods[0].pause(Duration.ofSeconds(1), NOW);
    assertThat(choose(pods, NOW)).isSameAs(pods[0]);
    pods[0].unreachable(NOW);
    assertThat(choose(pods, NOW)).isNotNull();
    assertThat(PodChoice.choose(pods, 100, List.of(), false, NOW)).isNull();

    long later = NOW + Pod.FIRST_EJECTION.toNanos();
    assertThat(PodChoice.choose(pods, 100, List.of(), false, later)).isNotNull();
  }

  @Test
  void aPodIsLeftOutForTwiceAsLongEachTimeUpToALimit() {
    Pod pod = pods(1)[0];
    long now = NOW;
    long expected = Pod.FIRST_EJECTION.toNanos();
    for (int i = 0; i < 20; i++) {
      pod.unreachable(now);
      assertThat(pod.isEjected(now + expected - 1)).isTrue();
      assertThat(pod.isEjected(now + expected)).isFalse();
      now += expected;
      expected = Math.min(2 * expected, Pod.LONGEST_EJECTION.toNanos());
    }

    pod.answered();
    pod.unreachable(now);
    assertThat(pod.isEjected(now + Pod.FIRST_EJECTION.toNanos())).isFalse();
  }

  @Test
  void aFewAnswersThatBreakOffAreForgiven() {
    Pod pod = pods(1)[0];
    for (int i = 1; i < Pod.BROKEN_OFF; i++) {
      assertThat(pod.brokeOff(NOW)).isFalse();
    }
    pod.answered();
    for (int i = 1; i < Pod.BROKEN_OFF; i++) {
      assertThat(pod.brokeOff(NOW)).isFalse();
    }
    assertThat(pod.brokeOff(NOW)).isTrue();
  }

  @Test
  void aPauseHasALimit() {
    Pod pod = pods(1)[0];
    pod.pause(Duration.ofHours(5), NOW);

    assertThat(pod.isPaused(NOW + Pod.LONGEST_PAUSE.toNanos() - 1)).isTrue();
    assertThat(pod.isPaused(NOW + Pod.LONGEST_PAUSE.toNanos())).isFalse();
  }
}

package dev.modelyard.runtime.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ThroughputTest {
  private final Throughput throughput = new Throughput();
  private final long start = System.nanoTime();

  private long after(long seconds) {
    return start + TimeUnit.SECONDS.toNanos(seconds);
  }

  @Test
  void isOneSecondWhileNothingWasMeasured() {
    assertThat(throughput.secondsFor(1_000_000)).isEqualTo(1);
  }

  @Test
  void dividesWhatWaitsByTheRate() {
    throughput.sample(1_000, after(100));
    assertThat(throughput.secondsFor(95)).isBetween(9, 10);
    assertThat(throughput.secondsFor(1)).isEqualTo(1);
    assertThat(throughput.secondsFor(1_000_000)).isEqualTo(60);
  }

  @Test
  void followsAChangeOfTheRate() {
    throughput.sample(1_000, after(100));
    for (int i = 1; i <= 20; i++) {
      throughput.sample(1_000 + 1_000L * i, after(100 + i));
    }
    assertThat(throughput.secondsFor(5_000)).isBetween(5, 6);
  }
}

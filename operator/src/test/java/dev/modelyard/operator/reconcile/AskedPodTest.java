package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.operator.status.RuntimeStatus;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AskedPodTest {
  /** Batching may end in a pod that has been Ready for long; all else it has said. */
  @ParameterizedTest
  @CsvSource({"Proven, true", "Declared, true", "Off: why, false", ", false"})
  void aReadyPodIsAskedOnceAMinuteWhereItBatches(String batching, boolean asked) {
    AskedPod pod = new AskedPod(URI.create("http://10.0.0.1:9000/status"));
    pod.ready(true);
    assertThat(pod.isDue(System.nanoTime())).isTrue();
    assertThat(pod.answered(ready(batching), true)).isTrue();
    long now = System.nanoTime();
    assertThat(pod.isDue(now + TimeUnit.SECONDS.toNanos(30))).isFalse();
    assertThat(pod.isDue(now + TimeUnit.SECONDS.toNanos(61))).isEqualTo(asked);
    assertThat(pod.answered(ready(batching), true)).as("nothing new").isFalse();
    assertThat(pod.answered(ready("Off: a row of a batch differed"), true)).isTrue();
  }

  private static RuntimeStatus ready(String batching) {
    return new RuntimeStatus(
        "READY",
        "a",
        new RuntimeStatus.Model("file:/m", null, null, "OnnxRuntime", "cpu", batching),
        null,
        null,
        null,
        null);
  }
}

package dev.modelyard.operator.desired;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import java.time.Duration;

/** How the kubelet asks the runtime how it is. */
final class RuntimeProbes {
  /** The runtime ends itself with a reason at loadTimeout; the kubelet must not be there before. */
  private static final Duration START_MARGIN = Duration.ofSeconds(30);

  private RuntimeProbes() {}

  /** Once a second: its period is what a cold start waits in vain at the end. */
  static Probe startup(Duration loadTimeout) {
    return probe("started", 1, 2, seconds(loadTimeout.plus(START_MARGIN)));
  }

  static Probe readiness() {
    return probe("ready", 2, 2, 3);
  }

  /** Patient: a busy node must not restart a pod that works. */
  static Probe liveness() {
    return probe("live", 10, 5, 3);
  }

  /** Rounded up. */
  static int seconds(Duration duration) {
    return Math.toIntExact(duration.plusNanos(999_999_999).toSeconds());
  }

  private static Probe probe(String check, int period, int timeout, int failures) {
    return new ProbeBuilder()
        .withNewHttpGet()
        .withPath("/q/health/" + check)
        .withPort(new IntOrString(RuntimePod.MANAGEMENT))
        .withScheme("HTTP")
        .endHttpGet()
        .withPeriodSeconds(period)
        .withTimeoutSeconds(timeout)
        .withFailureThreshold(failures)
        .build();
  }
}

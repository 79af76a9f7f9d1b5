package dev.modelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.e2e.support.Burst;
import dev.modelyard.e2e.support.Cluster;
import dev.modelyard.e2e.support.Disruptive;
import dev.modelyard.e2e.support.Load;
import dev.modelyard.e2e.support.ReplicaHistory;
import dev.modelyard.e2e.support.Space;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A change of leader changes no replicas, whether there are none or all of them. */
@Disruptive
class AutoscalingRestartTest {
  @Test
  void noReplicasChangeWhenAnotherOperatorLeads(Cluster cluster, Space space) {
    space.apply(
        "asleep", space.autoscaled(1, "{minReplicas: 0, maxReplicas: 2, scaleToZeroAfter: 1s}"));
    space.apply(
        "digits",
        space.autoscaled(
            1,
            "{minReplicas: 1, maxReplicas: 3, target: {requestsPerSecond: 8},"
                + " scaleDownDelay: 5s}"));
    space.awaitServing("digits");
    Load load = space.gatewayLoad("digits", 8, 100);
    space.await(
        "digits",
        "to have all its replicas Ready",
        Space.PATIENCE,
        found -> Integer.valueOf(3).equals(found.getStatus().readyReplicas()));
    space.awaitReason("asleep", "Ready", "ScaledToZero", Space.PATIENCE);
    await("the pods to go").atMost(Space.PATIENCE).until(() -> space.pods("asleep").isEmpty());

    try (ReplicaHistory loaded = ReplicaHistory.fromNow(space, "digits");
        ReplicaHistory asleep = ReplicaHistory.fromNow(space, "asleep")) {
      Instant start = Instant.now();
      cluster.operator().handOver();
      Duration gone = Duration.between(start, Instant.now());
      // Longer than fewer replicas must be enough, and than an idle model keeps its last one.
      await("the replicas to stay")
          .during(Duration.ofSeconds(12))
          .atMost(Space.PATIENCE)
          .until(() -> loaded.wanted().equals(List.of(3)) && asleep.wanted().equals(List.of(0)));
      Load.Report report = load.stop();
      System.out.printf(
          "another operator leads after %d ms: replicas %s and %s, %d requests, %d failed%n",
          gone.toMillis(), loaded.wanted(), asleep.wanted(), report.requests(), report.failed());
      assertThat(report.failed()).as(report.failures()).isZero();

      // And it does what the former one did.
      Burst burst = space.gatewayBurst("asleep", Duration.ofMinutes(2));
      assertThat(burst.ask(space.gatewayUrl("asleep"), null)).isEmpty();
      space.await(
          "digits", "to shrink", Space.PATIENCE, found -> found.getSpec().replicas().equals(1));
    }
  }
}

package dev.modelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.e2e.support.AuditLog;
import dev.modelyard.e2e.support.Burst;
import dev.modelyard.e2e.support.Cluster;
import dev.modelyard.e2e.support.Histogram;
import dev.modelyard.e2e.support.Load;
import dev.modelyard.e2e.support.OnCluster;
import dev.modelyard.e2e.support.ReplicaHistory;
import dev.modelyard.e2e.support.Space;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** The replicas follow the load of the model itself, and nobody who asks notices. */
@OnCluster
@Order(1)
class AutoscalingTest {
  private static final int AT_ONCE = 1000;
  private static final int BURSTS = 12;

  /** Milliseconds between two requests of a connection. */
  private static final int CALM = 10_000;

  @Test
  void aThousandRequestsAtZeroAreHeldAndAnswered(Space space) {
    space.apply(
        "digits",
        space.autoscaled(
            1,
            "{minReplicas: 0, maxReplicas: 2, target: {inFlightPerReplica: 500},"
                + " scaleToZeroAfter: 2s}"));
    // A first start runs a replica, and only one that was Ready goes for idleness.
    space.awaitReason("digits", "Ready", "ScaledToZero", Space.PATIENCE);
    Burst burst = space.gatewayBurst("digits", Duration.ofMinutes(4));
    await("the pods to go").atMost(Space.PATIENCE).until(() -> space.pods("digits").isEmpty());
    assertThat(space.condition("digits", "AutoscalingActive").orElseThrow().getMessage())
        .contains("1 to 0 replicas: no request for 2 s");

    burst.start(AT_ONCE);
    Burst.Report report = burst.await(AT_ONCE, Duration.ofMinutes(5));
    System.out.printf(
        "%d requests at zero: %d failed, first answer after %d ms, last after %d ms%n",
        AT_ONCE, report.failed(), report.firstMillis(), report.lastMillis());
    assertThat(report.failed()).as(report.failures()).isZero();
  }

  @Test
  void replicasGoUpAndDownWithTheLoadAndNoRequestFails(Space space) {
    Optional<AuditLog> audit = AuditLog.fromNow();
    space.apply(
        "digits",
        space.autoscaled(
            1,
            "{minReplicas: 1, maxReplicas: 3, target: {requestsPerSecond: 3},"
                + " scaleDownDelay: 10s}"));
    space.awaitServing("digits");
    try (ReplicaHistory history = ReplicaHistory.fromNow(space, "digits")) {
      List<Load> loads =
          List.of(space.gatewayLoad("digits", 6, 200), space.load("digits", 6, 200, null));
      space.await(
          "digits",
          "to have all its replicas Ready",
          Space.PATIENCE,
          found -> Integer.valueOf(3).equals(found.getStatus().readyReplicas()));
      long requests = loads.stream().mapToLong(load -> load.report().requests()).sum();
      // On the same connections: those to pods that go are what is to be lost, if anything is.
      int grown = history.wanted().size();
      loads.forEach(load -> load.pace(CALM));
      space.await(
          "digits",
          "to shrink",
          Space.PATIENCE,
          found ->
              Integer.valueOf(1).equals(found.getSpec().replicas())
                  && Integer.valueOf(1).equals(found.getStatus().replicas()));
      await("the pods that are too many to go")
          .atMost(Space.PATIENCE)
          .until(() -> space.pods("digits").size() == 1);
      List<Load.Report> reports = loads.stream().map(Load::stop).toList();
      System.out.printf(
          "replicas %s, %d requests until there were 3; by gateway: %d of %d failed; by Service: %d"
              + " of %d failed%n",
          history.wanted(),
          requests,
          reports.get(0).failed(),
          reports.get(0).requests(),
          reports.get(1).failed(),
          reports.get(1).requests());
      assertThat(reports).allSatisfy(r -> assertThat(r.failed()).as(r.failures()).isZero());

      List<Integer> wanted = history.wanted();
      assertThat(wanted).startsWith(1).endsWith(1);
      assertThat(Collections.max(wanted)).isEqualTo(3);
      assertThat(wanted.subList(grown - 1, wanted.size()))
          .isSortedAccordingTo(Collections.reverseOrder());
      toldAndWritten(space, wanted.size() - 1, audit);
    }
  }

  /**
   * A burst is in the number of replicas within a second of the look that first shows it. How long
   * the looks themselves take to come is printed.
   */
  @Test
  void aBurstIsInTheScaleAtOnce(Cluster cluster, Space space) {
    space.apply(
        "digits",
        space.autoscaled(
            1,
            "{minReplicas: 1, maxReplicas: 2, target: {requestsPerSecond: 5},"
                + " scaleDownDelay: 1s}"));
    space.awaitServing("digits");
    Histogram before = delays(cluster);
    List<Long> millis = new ArrayList<>();
    Load load = space.gatewayLoad("digits", 16, CALM);
    try (ReplicaHistory history = ReplicaHistory.fromNow(space, "digits")) {
      for (int i = 0; i < BURSTS; i++) {
        int seen = history.wanted().size();
        Instant start = Instant.now();
        load.pace(50);
        await("the burst to be in the scale")
            .atMost(Space.PATIENCE)
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(20))
            .until(() -> history.wanted().size() > seen);
        millis.add(Duration.between(start, history.changed()).toMillis());
        load.pace(CALM);
        await("calm")
            .atMost(Space.PATIENCE)
            .pollInterval(Duration.ofMillis(200))
            .until(() -> history.last() == 1);
      }
      Collections.sort(millis);
      Histogram delays = delays(cluster).since(before);
      System.out.printf(
          "%d bursts: in spec.replicas after %d ms (median), %d ms (most); by the operator's own"
              + " count of %.0f changes from the sample to the write, p50 <= %s s, p99 <= %s s%n",
          BURSTS,
          millis.get(BURSTS / 2),
          millis.get(BURSTS - 1),
          delays.count(),
          delays.quantile(0.5),
          delays.quantile(0.99));
      assertThat(delays.count()).isGreaterThanOrEqualTo(BURSTS);
      assertThat(delays.quantile(0.99)).isLessThanOrEqualTo(1);
    }
    Load.Report report = load.stop();
    assertThat(report.failed()).as(report.failures()).isZero();
  }

  private static Histogram delays(Cluster cluster) {
    return Histogram.of(
        cluster.operator().metrics(cluster.operator().leader()),
        "modelyard_autoscaling_delay_seconds");
  }

  /** Each change has its Event, and no other way was taken to write it. */
  private static void toldAndWritten(Space space, int changes, Optional<AuditLog> audit) {
    List<Event> events =
        await("an Event of each change")
            .atMost(Duration.ofSeconds(30))
            .until(() -> rescales(space), found -> found.size() == changes);
    assertThat(events).allMatch(event -> event.getNote().contains(" replicas: "));
    Condition active = space.condition("digits", "AutoscalingActive").orElseThrow();
    assertThat(active.getStatus()).isEqualTo("True");
    // The delay, or as long as two starts took on this machine.
    assertThat(active.getMessage()).containsPattern(" to 1 replicas: 1 were enough for [0-9]+ s");
    audit.ifPresent(
        log -> {
          List<AuditLog.Call> writes =
              log.writes().stream()
                  .filter(call -> call.namespace().equals(space.name()))
                  .filter(call -> call.resource().equals("modeldeployments"))
                  .toList();
          assertThat(writes)
              .allMatch(call -> List.of("status", "scale").contains(call.subresource()));
          assertThat(writes)
              .filteredOn(call -> call.subresource().equals("scale"))
              .hasSize(changes)
              .allMatch(call -> call.code() == 200);
        });
  }

  private static List<Event> rescales(Space space) {
    return space.events("digits").stream()
        .filter(event -> event.getReason().equals("SuccessfulRescale"))
        .toList();
  }
}

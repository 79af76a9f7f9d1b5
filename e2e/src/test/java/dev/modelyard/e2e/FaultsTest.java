package dev.modelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.modelyard.e2e.support.AuditLog;
import dev.modelyard.e2e.support.Cluster;
import dev.modelyard.e2e.support.Control;
import dev.modelyard.e2e.support.Disruptive;
import dev.modelyard.e2e.support.Settings;
import dev.modelyard.e2e.support.Space;
import dev.modelyard.e2e.support.Storm;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Faults of the operator and of the control plane while ModelDeployments come, change and go. After
 * the last fault all must be as the last specs ask for, within {@link #BOUND}: nothing lost,
 * nothing left over. {@code MODELYARD_SOAK} multiplies the number and length of the faults.
 */
@Disruptive
@Order(900)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultsTest {
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final int SOAK =
      Settings.variable("MODELYARD_SOAK").map(Integer::parseInt).orElse(1);
  private static final int KILLS = 50 * SOAK;
  private static final Duration OUTAGE = Duration.ofMinutes(2).multipliedBy(SOAK);

  private static final Duration ON_ITS_WAY = Duration.ofSeconds(1);

  private final Random random = new Random(Settings.SEED);

  @BeforeEach
  void operatorIsReady(Cluster cluster) {
    cluster.operator().awaitReady();
  }

  @Test
  @Order(1)
  void theLeaderIsPausedPastItsLease(Cluster cluster, Space space) {
    Control control = control();
    try (Storm storm = Storm.start(space, Settings.SEED)) {
      blow(storm, 20);
      String paused = awaitLeader(cluster, "");
      Pod pod = pod(cluster, paused);
      Instant stopped = Instant.now();
      control.pause(pod);
      Instant resumed;
      try {
        awaitLeader(cluster, paused);
        print("paused leader: another led after %s", since(stopped));
        blow(storm, 20);
      } finally {
        resumed = Instant.now();
        control.resume(pod);
      }
      blow(storm, 20);
      storm.stop();
      settle(storm, "paused leader", resumed);
      assertThat(cluster.operator().leader()).isNotEqualTo(paused);
      cluster.auditLog().ifPresent(log -> assertThat(writesOf(paused, resumed, log)).isEmpty());
    }
  }

  /**
   * What a pod wrote since, but its lease. A request that was on its way when the process was
   * stopped still arrives when it goes on: no fence in the process can hold that one back.
   */
  private static List<AuditLog.Call> writesOf(String pod, Instant resumed, AuditLog log) {
    Instant since = resumed.plus(ON_ITS_WAY);
    return log.writes().stream()
        .filter(call -> call.pod().equals(pod) && call.received().isAfter(since))
        .toList();
  }

  @Test
  @Order(2)
  void watchConnectionsAreCut(Space space) {
    Control control = control();
    try (Storm storm = Storm.start(space, Settings.SEED + 1)) {
      blow(storm, 20);
      Instant cut = Instant.now();
      control.cut();
      try {
        blow(storm, 20);
        storm.stop();
        settle(storm, "cut connections", cut);
      } finally {
        control.mend();
      }
    }
  }

  @Test
  @Order(3)
  void etcdIsRestarted(Cluster cluster, Space space) {
    Control control = control();
    try (Storm storm = Storm.start(space, Settings.SEED + 2)) {
      for (int i = 0; i < 2 * SOAK; i++) {
        blow(storm, 20);
        control.stop("etcd");
        pause(Duration.ofMillis(random.nextInt(8_000)));
        control.start("etcd");
      }
      awaitApiServer(cluster.client());
      Instant back = Instant.now();
      blow(storm, 20);
      storm.stop();
      settle(storm, "restarted etcd", back);
    }
  }

  @Test
  @Order(4)
  void theApiServerIsAwayForTwoMinutes(Cluster cluster, Space space) {
    Control control = control();
    try (Storm storm = Storm.start(space, Settings.SEED + 3)) {
      blow(storm, 40);
      control.stop("kube-apiserver");
      try {
        pause(OUTAGE);
      } finally {
        control.start("kube-apiserver");
      }
      awaitApiServer(cluster.client());
      // As on a cluster where they have leases: they end without an API server and start anew. The
      // garbage collector would otherwise sit out its back-off with what it could not delete.
      for (String controllers : List.of("kube-controller-manager", "kube-scheduler")) {
        control.stop(controllers);
        control.start(controllers);
      }
      Instant back = Instant.now();
      blow(storm, 20);
      storm.stop();
      settle(storm, "API server away for " + OUTAGE, back);
    }
  }

  @Test
  @Order(5)
  void theOperatorIsKilledFiftyTimes(Cluster cluster, Space space) {
    try (Storm storm = Storm.start(space, Settings.SEED + 4)) {
      TreeSet<String> leaders = new TreeSet<>();
      Instant last = null;
      for (int i = 0; i < KILLS; i++) {
        // In bursts that leave no one standing, with time between them to take over and go on.
        pause(
            Duration.ofMillis(
                i % 10 == 9 ? 5_000 + random.nextInt(15_000) : random.nextInt(1_000)));
        leaders.add(cluster.operator().leader());
        kill(cluster);
        last = Instant.now();
      }
      print("%d kills during %d steps, %d pods led", KILLS, storm.steps(), leaders.size());
      storm.stop();
      settle(storm, KILLS + " kills", last);
      cluster.operator().awaitReady();
      goAndLeaveNothing(space);
    }
  }

  /**
   * Either of the two ways in which a process ends without a word. A container that was killed
   * twice waits for the kubelet's back-off, so the other kills take the pod away.
   */
  private void kill(Cluster cluster) {
    List<Pod> running =
        cluster.operator().pods().stream()
            .filter(pod -> !pod.isMarkedForDeletion())
            .sorted((a, b) -> a.getMetadata().getName().compareTo(b.getMetadata().getName()))
            .toList();
    if (running.isEmpty()) {
      return;
    }
    Pod pod = running.get(random.nextInt(running.size()));
    boolean inPlace = random.nextBoolean();
    boolean fresh =
        pod.getStatus().getContainerStatuses().stream()
            .anyMatch(c -> c.getRestartCount() == 0 && c.getState().getRunning() != null);
    if (inPlace && fresh && Control.of().isPresent()) {
      try {
        Control.of().get().kill(pod);
        return;
      } catch (IllegalStateException e) {
        // It has ended by itself meanwhile.
      }
    }
    cluster.client().resource(pod).withGracePeriod(0).delete();
  }

  private static void goAndLeaveNothing(Space space) {
    space.modelDeployments().inNamespace(space.name()).delete();
    KubernetesClient client = space.client();
    await("the namespace to be empty")
        .atMost(Space.PATIENCE)
        .untilAsserted(
            () -> {
              String name = space.name();
              assertThat(client.apps().deployments().inNamespace(name).list().getItems()).isEmpty();
              assertThat(client.apps().replicaSets().inNamespace(name).list().getItems()).isEmpty();
              assertThat(client.services().inNamespace(name).list().getItems()).isEmpty();
              assertThat(
                      client
                          .policy()
                          .v1()
                          .podDisruptionBudget()
                          .inNamespace(name)
                          .list()
                          .getItems())
                  .isEmpty();
              assertThat(client.pods().inNamespace(name).list().getItems()).isEmpty();
            });
  }

  /** Waits until all is as the last specs ask for, at most {@link #BOUND} after the last fault. */
  private static void settle(Storm storm, String what, Instant lastFault) {
    AtomicReference<List<String>> problems = new AtomicReference<>(List.of("not looked yet"));
    try {
      await()
          .atMost(Space.PATIENCE)
          .pollInterval(Duration.ofMillis(300))
          .ignoreExceptions()
          .until(
              () -> {
                problems.set(storm.unsettled());
                return problems.get().isEmpty();
              });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "seed %d: %s: not settled within %s:%n%s"
              .formatted(Settings.SEED, what, Space.PATIENCE, String.join("\n", problems.get())),
          e);
    }
    Duration took = since(lastFault);
    print("%s: settled %s after the last fault, %d steps", what, took, storm.steps());
    assertThat(took).as("seed %d: %s", Settings.SEED, what).isLessThanOrEqualTo(BOUND);
    assertThat(storm.mostRevisions())
        .as("seed %d: %s: revisions at a time", Settings.SEED, what)
        .isLessThanOrEqualTo(2);
    storm.awaitServing();
    assertThat(storm.unsettled()).as("seed %d: %s", Settings.SEED, what).isEmpty();
  }

  private static Control control() {
    assumeTrue(Control.of().isPresent(), "skipped: MODELYARD_CLUSTER_CONTROL is not set");
    return Control.of().get();
  }

  /** Lets the storm take some steps more. */
  private static void blow(Storm storm, int steps) {
    int until = storm.steps() + steps;
    await("the storm's steps").atMost(Space.PATIENCE).until(() -> storm.steps() >= until);
  }

  /** The pod that leads, once it is another one. */
  private static String awaitLeader(Cluster cluster, String former) {
    return await("another leader than '" + former + "'")
        .atMost(Space.PATIENCE)
        .ignoreExceptions()
        .until(
            () -> cluster.operator().leader(),
            leader -> !leader.isEmpty() && !leader.equals(former));
  }

  private static Pod pod(Cluster cluster, String name) {
    return cluster.operator().pods().stream()
        .filter(pod -> pod.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void awaitApiServer(KubernetesClient client) {
    await("the API server")
        .atMost(Space.PATIENCE)
        .ignoreExceptions()
        .until(() -> client.raw("/readyz"), "ok"::equals);
  }

  private static Duration since(Instant instant) {
    return Duration.between(instant, Instant.now());
  }

  private static void print(String format, Object... arguments) {
    System.out.printf(format + "%n", arguments);
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

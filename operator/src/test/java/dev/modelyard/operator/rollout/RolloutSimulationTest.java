package dev.modelyard.operator.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Plans are carried out on a small cluster in which, between any two steps, specs change, pods come
 * up and go, and the operator forgets everything. A step may be applied in part only, as when the
 * operator is killed within it.
 */
class RolloutSimulationTest {
  private static final int STEPS = 400;
  private static final int STEPS_TO_SETTLE = 30;

  /** Revisions that cannot serve. */
  private static final String BROKEN = "broken";

  private static final List<String> REVISIONS = List.of("a", "b", "c", "d", BROKEN);

  private static final class Cluster {
    final Map<String, int[]> deployments = new TreeMap<>(); // wanted, ready, ever ready
    Optional<String> service = Optional.empty();

    List<RevisionObservation> observe() {
      List<RevisionObservation> live = new ArrayList<>();
      deployments.forEach(
          (name, now) -> live.add(new RevisionObservation(name, now[0], now[1], now[2] > 0)));
      return live;
    }

    int ready(String revision) {
      return deployments.containsKey(revision) ? deployments.get(revision)[1] : 0;
    }

    /** Replicas first, then the Service, deletions last: a killed step ends in between. */
    void apply(RolloutPlan plan, int parts) {
      if (parts > 0) {
        plan.replicas()
            .forEach(
                (name, replicas) -> {
                  int[] now = deployments.computeIfAbsent(name, any -> new int[3]);
                  now[0] = replicas;
                  now[1] = Math.min(now[1], replicas);
                });
      }
      if (parts > 1) {
        service = Optional.of(plan.serving());
      }
      if (parts > 2) {
        plan.delete().forEach(deployments::remove);
      }
    }

    void podsStart(Random random, boolean all) {
      deployments.forEach(
          (name, now) -> {
            if (!name.equals(BROKEN) && now[1] < now[0] && (all || random.nextBoolean())) {
              now[1] = all ? now[0] : now[1] + 1;
              now[2] = 1;
            }
          });
    }

    void podsFail(Random random) {
      deployments.values().forEach(now -> now[1] -= now[1] > 0 && random.nextInt(4) == 0 ? 1 : 0);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void neverLosesWhatServesAndSettles(long seed) {
    Random random = new Random(seed);
    Cluster cluster = new Cluster();
    String wanted = "a";
    int replicas = 2;

    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(8) == 0) {
        wanted = REVISIONS.get(random.nextInt(REVISIONS.size()));
      }
      if (random.nextInt(10) == 0) {
        replicas = random.nextInt(4);
      }
      cluster.podsStart(random, false);
      if (random.nextInt(5) == 0) {
        cluster.podsFail(random);
      }
      check(cluster, wanted, replicas, random.nextInt(4));
    }

    wanted = "a";
    replicas = 2;
    for (int step = 0; step < STEPS_TO_SETTLE; step++) {
      cluster.podsStart(random, true);
      check(cluster, wanted, replicas, 3);
    }
    assertThat(cluster.service).contains("a");
    assertThat(cluster.deployments.keySet()).containsExactly("a");
    assertThat(cluster.deployments.get("a")).startsWith(2, 2);
    assertThat(RolloutPlanner.plan(wanted, replicas, cluster.service, cluster.observe()))
        .isEqualTo(new RolloutPlan("a", Optional.empty(), Map.of("a", 2), java.util.Set.of()));
  }

  private static void check(Cluster cluster, String wanted, int replicas, int parts) {
    List<RevisionObservation> before = cluster.observe();
    int readyWanted = cluster.ready(wanted);
    RolloutPlan plan = RolloutPlanner.plan(wanted, replicas, cluster.service, before);

    assertThat(plan.replicas()).as("at most two alive: %s", plan).hasSizeBetween(1, 2);
    assertThat(plan.replicas().values()).containsOnly(replicas);
    assertThat(plan.replicas()).containsKey(wanted).containsKey(plan.serving());
    assertThat(plan.delete()).doesNotContainAnyElementsOf(plan.replicas().keySet());
    assertThat(plan.candidate().map(wanted::equals).orElse(true)).isTrue();
    // What the Service selects answers no less than what it selected, unless the wanted one is
    // ready.
    if (readyWanted < replicas) {
      int served = cluster.service.map(cluster::ready).orElse(0);
      assertThat(cluster.ready(plan.serving()))
          .as("%s of %s", plan, before.toString())
          .isGreaterThanOrEqualTo(served);
    }
    // No pod that the Service selects is deleted.
    if (replicas > 0) {
      cluster
          .service
          .filter(plan.delete()::contains)
          .ifPresent(deleted -> assertThat(cluster.ready(deleted)).isZero());
    }
    cluster.apply(plan, parts);
    if (parts == 3) {
      assertThat(cluster.deployments).hasSizeLessThanOrEqualTo(2);
    }
  }
}

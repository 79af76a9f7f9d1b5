package dev.modelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.modelyard.e2e.support.Cluster;
import dev.modelyard.e2e.support.Disruptive;
import dev.modelyard.e2e.support.Drain;
import dev.modelyard.e2e.support.Load;
import dev.modelyard.e2e.support.Settings;
import dev.modelyard.e2e.support.Space;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Clients with keep-alive connections see no rollout, no deleted pod, no change of replicas and no
 * drained node. What is done when is drawn from {@link Settings#SEED}.
 */
@Disruptive
class RolloutTest {
  private static final String MODEL = "digits";
  private static final int ROLLOUTS = 20;
  private static final int REPLICAS = 2;

  /** What is done to a rollout under way. */
  private enum Disturbance {
    NONE,
    DELETE_POD,
    SCALE_UP,
    SCALE_DOWN,
    DRAIN,
    UNCORDON
  }

  /** When it is done. */
  private enum Moment {
    AT_ONCE,
    CANDIDATE_RUNS,
    CANDIDATE_READY,
    FLIPPED
  }

  private record Step(String spec, Disturbance disturbance, Moment moment) {}

  @Test
  void noRequestIsLostInTwentyRollouts(Cluster cluster, Space space) {
    Random random = new Random(Settings.SEED);
    List<String> nodes = new ArrayList<>(Drain.nodes(space.client()));
    assumeTrue(nodes.size() > 1, "a node is drained: that needs two that take pods");
    Collections.sort(nodes);
    Collections.shuffle(nodes, random);
    new Run(cluster, space, random, nodes.get(0), nodes.get(1)).all();
  }

  private static final class Run {
    private final Cluster cluster;
    private final Space space;
    private final Random random;
    private final String drained;
    private final String other;
    private Drain drain;

    Run(Cluster cluster, Space space, Random random, String drained, String other) {
      this.cluster = cluster;
      this.space = space;
      this.random = random;
      this.drained = drained;
      this.other = other;
    }

    void all() {
      // As where something scales: replicas are not in what is applied.
      space.apply(MODEL, spec(1, 32));
      space.scale(MODEL, REPLICAS);
      space.awaitServing(MODEL);
      Load load = space.load(MODEL, 8, 20, other);
      Instant start = Instant.now();
      try {
        int number = 0;
        for (Step step : steps()) {
          rollOut(++number, step);
          Load.Report report = load.report();
          assertThat(report.failed())
              .as("rollout %d, %s:%n%s", number, step, report.failures())
              .isZero();
        }
      } finally {
        if (drain != null) {
          drain.close();
        }
        Load.Report report = load.report();
        System.out.printf(
            "%d requests, %d failed, in %d s of rollouts%n%s",
            report.requests(),
            report.failed(),
            Duration.between(start, Instant.now()).toSeconds(),
            report.failures());
      }
      Load.Report report = load.stop();
      assertThat(report.failed()).as(report.failures()).isZero();
    }

    private List<Step> steps() {
      List<Disturbance> disturbances = new ArrayList<>();
      disturbances.addAll(Collections.nCopies(8, Disturbance.DELETE_POD));
      disturbances.addAll(Collections.nCopies(8, Disturbance.NONE));
      Collections.shuffle(disturbances, random);
      inOrder(disturbances, Disturbance.DRAIN, Disturbance.UNCORDON);
      inOrder(disturbances, Disturbance.SCALE_UP, Disturbance.SCALE_DOWN);
      List<String> specs = List.of(spec(1, 32), spec(2, 32), spec(1, 8), spec(2, 8));
      List<Step> steps = new ArrayList<>();
      int last = 0;
      for (Disturbance disturbance : disturbances) {
        last = (last + 1 + random.nextInt(specs.size() - 1)) % specs.size();
        Moment moment = Moment.values()[random.nextInt(Moment.values().length)];
        steps.add(new Step(specs.get(last), disturbance, moment));
      }
      assertThat(steps).hasSize(ROLLOUTS);
      return steps;
    }

    private void inOrder(List<Disturbance> all, Disturbance first, Disturbance second) {
      int at = random.nextInt(all.size());
      all.add(at, first);
      all.add(at + 1 + random.nextInt(all.size() - at), second);
    }

    private String spec(int digits, int batch) {
      return space.digits(digits, REPLICAS).replaceAll("(?m)^replicas: .*\n", "")
          + "serving: {batching: {maxSize: %d}}\n".formatted(batch);
    }

    private void rollOut(int number, Step step) {
      Instant start = Instant.now();
      String former = space.serving(MODEL);
      space.apply(MODEL, step.spec());
      if (step.disturbance() != Disturbance.NONE) {
        await("rollout " + number + " to be at " + step.moment())
            .atMost(Space.PATIENCE)
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(100))
            .until(() -> reached(step.moment(), former));
        disturb(step.disturbance());
      }
      space.awaitServing(MODEL);
      assertThat(space.serving(MODEL)).isNotEqualTo(former);
      System.out.printf(
          "rollout %d: %s %s, %d ms%n",
          number,
          step.disturbance(),
          step.disturbance() == Disturbance.NONE ? "" : step.moment(),
          Duration.between(start, Instant.now()).toMillis());
    }

    /** A moment that was too short to be seen is over when the Service is flipped. */
    private boolean reached(Moment moment, String former) {
      if (moment == Moment.AT_ONCE || !space.serving(MODEL).equals(former)) {
        return true;
      }
      return switch (moment) {
        case CANDIDATE_RUNS ->
            candidates(former).anyMatch(pod -> pod.getStatus().getPhase().equals("Running"));
        case CANDIDATE_READY -> candidates(former).anyMatch(Run::ready);
        default -> false;
      };
    }

    private Stream<Pod> candidates(String former) {
      return space.pods(MODEL).stream()
          .filter(pod -> !pod.isMarkedForDeletion() && !revision(pod).equals(former));
    }

    private void disturb(Disturbance disturbance) {
      switch (disturbance) {
        case DELETE_POD -> deletePod();
        case SCALE_UP -> space.scale(MODEL, REPLICAS + 1);
        case SCALE_DOWN -> space.scale(MODEL, REPLICAS);
        case DRAIN -> drain = Drain.of(space.client(), drained, Space.PATIENCE, this::evicted);
        case UNCORDON -> drain.close();
        default -> {}
      }
    }

    /** One that serves, when another one does too. */
    private void deletePod() {
      List<Pod> serving =
          await("two pods to serve")
              .atMost(Space.PATIENCE)
              .pollDelay(Duration.ZERO)
              .until(this::serving, pods -> pods.size() > 1);
      space.client().resource(serving.get(random.nextInt(serving.size()))).delete();
    }

    private List<Pod> serving() {
      String revision = space.serving(MODEL);
      return space.pods(MODEL).stream()
          .filter(pod -> revision(pod).equals(revision) && ready(pod))
          .toList();
    }

    /** The model's pods and the operator's own, of which one may lead. */
    private List<Pod> evicted() {
      return Stream.concat(space.pods(MODEL).stream(), cluster.operator().pods().stream()).toList();
    }

    private static String revision(Pod pod) {
      return pod.getMetadata().getLabels().get("modelyard.dev/revision");
    }

    private static boolean ready(Pod pod) {
      return !pod.isMarkedForDeletion()
          && pod.getStatus().getConditions().stream()
              .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
    }
  }
}

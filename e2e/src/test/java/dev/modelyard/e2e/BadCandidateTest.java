package dev.modelyard.e2e;

import static org.awaitility.Awaitility.await;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.Phase;
import dev.modelyard.e2e.support.Chronicle;
import dev.modelyard.e2e.support.Load;
import dev.modelyard.e2e.support.OnCluster;
import dev.modelyard.e2e.support.Space;
import dev.modelyard.e2e.support.Traffic;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/**
 * A spec that cannot serve, applied to a model that serves: the model serves on, the conditions say
 * why, and the next good spec serves.
 */
@OnCluster
class BadCandidateTest {
  /** From the cause to the conditions that name it; the project promises it. */
  private static final Duration TOLD_WITHIN = Duration.ofSeconds(15);

  /** Models that take the bad specs in turns, side by side. */
  private static final int LANES = 2;

  @Test
  void aBadSpecNeverTakesTrafficAndTheNextGoodOneServes(Space space) throws Exception {
    BadSpec.limit(space);
    SoftAssertions softly = new SoftAssertions();
    ExecutorService executor = Executors.newFixedThreadPool(LANES);
    try (Chronicle chronicle = space.chronicle()) {
      List<Future<?>> lanes = new ArrayList<>();
      for (int i = 0; i < LANES; i++) {
        int number = i;
        List<BadSpec> share =
            BadSpec.ALL.stream().filter(bad -> BadSpec.ALL.indexOf(bad) % LANES == number).toList();
        Lane lane = new Lane(space, "lane-" + i, chronicle, softly);
        lanes.add(executor.submit(() -> lane.run(share)));
      }
      for (Future<?> lane : lanes) {
        lane.get();
      }
    } finally {
      executor.shutdownNow();
    }
    softly.assertAll();
  }

  private record Lane(Space space, String model, Chronicle chronicle, SoftAssertions softly) {
    void run(List<BadSpec> share) {
      space.applyDigits(model, 1);
      space.awaitServing(model);
      Load load = space.load(model, 4, 10, null);
      int digits = 1;
      for (BadSpec bad : share) {
        try (Traffic traffic = space.traffic(model)) {
          String revision = fails(bad);
          digits = 3 - digits;
          recovers(bad, revision, digits);
          check(!traffic.reached(revision), bad, "took traffic");
        }
        Load.Report report = load.report();
        check(
            report.failed() == 0, bad, report.failed() + " requests failed: " + report.failures());
      }
      Load.Report report = load.stop();
      System.out.printf(
          "%s: %d requests, %d failed, through %d bad candidates%n",
          model, report.requests(), report.failed(), share.size());
      check(report.failed() == 0, share.get(share.size() - 1), report.failures());
    }

    /** Applies the bad spec; gives its revision. */
    private String fails(BadSpec bad) {
      String stable = space.serving(model);
      Instant applied = Instant.now().minusSeconds(1);
      long generation = space.apply(model, bad.spec(space)).getMetadata().getGeneration();
      ModelDeployment told =
          space.await(
              model,
              "to say " + bad.reason() + " of a candidate with: " + bad.name(),
              Space.PATIENCE,
              found ->
                  found.getStatus().observedGeneration() == generation
                      && found.getStatus().candidate() != null
                      && conditions(found).get("ModelLoaded").getReason().equals(bad.reason()));
      String revision = told.getStatus().candidate().revision();
      Map<String, Condition> conditions = conditions(told);
      Condition progressing = conditions.get("Progressing");
      check(
          progressing.getReason().equals(bad.waits() ? "RollingOut" : "RolloutFailed")
              && progressing.getStatus().equals(bad.waits() ? "True" : "False")
              && progressing.getMessage().contains(bad.reason() + ": ")
              && progressing.getMessage().contains(bad.words()),
          bad,
          progressing.toString());
      check(
          conditions.get("Ready").getStatus().equals("True"),
          bad,
          conditions.get("Ready").toString());
      check(
          told.getStatus().phase() == (bad.waits() ? Phase.RollingOut : Phase.Degraded),
          bad,
          "phase " + told.getStatus().phase());
      check(stable.equals(told.getStatus().stable().revision()), bad, "another one serves");
      check(stable.equals(space.serving(model)), bad, "the Service selects another one");
      toldInTime(bad, revision, applied);
      return revision;
    }

    private void toldInTime(BadSpec bad, String revision, Instant applied) {
      Instant happened =
          await(bad.name() + ": what the cluster records of it")
              .atMost(Space.PATIENCE)
              .until(
                  () -> chronicle.first(model, revision, bad.cause()), found -> found.isPresent())
              .get();
      Instant event =
          await(bad.name() + ": an Event with the reason " + bad.reason())
              .atMost(Space.PATIENCE)
              .until(() -> chronicle.told(model, bad.reason(), applied), found -> found.isPresent())
              .get();
      Duration after = Duration.between(happened, event);
      System.out.printf(
          "%s: %s told %d ms after its cause%n", bad.name(), bad.reason(), after.toMillis());
      check(after.compareTo(TOLD_WITHIN) <= 0, bad, "told only after " + after);
    }

    private void recovers(BadSpec bad, String revision, int digits) {
      space.apply(model, space.digits(digits, 1));
      space.awaitServing(model);
      await(bad.name() + ": its Deployment goes, and the former one's")
          .atMost(Space.PATIENCE)
          .until(() -> space.deployments(model).size() == 1);
      check(!space.serving(model).equals(revision), bad, "serves");
    }

    private void check(boolean holds, BadSpec bad, String otherwise) {
      synchronized (softly) {
        softly.assertThat(holds).as(model + ", " + bad.name() + ": " + otherwise).isTrue();
      }
    }

    private static Map<String, Condition> conditions(ModelDeployment found) {
      return found.getStatus().conditions().stream()
          .collect(Collectors.toMap(Condition::getType, Function.identity()));
    }
  }
}

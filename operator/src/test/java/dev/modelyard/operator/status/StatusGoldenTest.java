package dev.modelyard.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus;
import dev.modelyard.operator.rollout.RolloutPlan;
import dev.modelyard.operator.testing.Golden;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code status/<case>/in.yaml} is an observation, {@code out.yaml} the status it gives. */
class StatusGoldenTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00.5Z");

  record Case(
      ModelDeployment resource,
      Plan plan,
      String wantedRevision,
      Boolean hasService,
      Map<String, Deployment> deployments,
      Map<String, List<Pod>> pods,
      Map<String, RuntimeStatus> runtimes,
      AutoscalingReport autoscaling,
      String gatewayUrl,
      Observation.Problem problem) {
    Observation observation() {
      return new Observation(
          resource,
          plan.plan(),
          wantedRevision,
          Objects.requireNonNullElse(hasService, true),
          Objects.requireNonNullElse(deployments, Map.of()),
          Objects.requireNonNullElse(pods, Map.of()),
          Objects.requireNonNullElse(runtimes, Map.of()),
          Optional.ofNullable(autoscaling),
          Optional.ofNullable(gatewayUrl),
          Optional.ofNullable(problem));
    }
  }

  record Plan(String serving, String candidate, Map<String, Integer> replicas, Set<String> delete) {
    RolloutPlan plan() {
      return new RolloutPlan(
          serving,
          Optional.ofNullable(candidate),
          Objects.requireNonNullElse(replicas, Map.of()),
          Objects.requireNonNullElse(delete, Set.of()));
    }
  }

  static List<Path> cases() throws IOException {
    return Golden.cases("status");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void givesTheStatusOfTheFile(Path folder) throws IOException {
    Observation observation = observation(folder);
    Golden.check(folder, Map.of("out.yaml", StatusCalculator.calculate(observation, NOW)));
  }

  /** Otherwise every reconcile would write, and every write start a reconcile. */
  @ParameterizedTest
  @MethodSource("cases")
  void isTheSameAgainWheneverItIsCalculated(Path folder) throws IOException {
    Observation observation = observation(folder);
    ModelDeploymentStatus first = StatusCalculator.calculate(observation, NOW);
    observation.resource().setStatus(first);
    assertThat(StatusCalculator.calculate(observation, NOW.plusSeconds(3600))).isEqualTo(first);
  }

  @Test
  void everyReasonIsGivenByACase() throws IOException {
    // The one reason that no observation leads to: the reconcile itself failed.
    Set<Reason> given = EnumSet.of(Reason.ReconcileFailed);
    for (Path folder : cases()) {
      StatusCalculator.calculate(observation(folder), NOW).conditions().stream()
          .map(Condition::getReason)
          .map(Reason::valueOf)
          .forEach(given::add);
    }
    assertThat(
            EnumSet.allOf(Reason.class).stream()
                .filter(reason -> !given.contains(reason))
                .collect(Collectors.toSet()))
        .as("reasons that no case gives")
        .isEmpty();
  }

  static Observation observation(Path folder) throws IOException {
    return Golden.input(folder, Case.class).observation();
  }
}

package dev.modelyard.operator.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code w} is the wanted revision, {@code s} one that serves, {@code o} an older one. */
class RolloutPlannerTest {
  static Stream<Arguments> steps() {
    return Stream.of(
        row("the first is made", 2, null, List.of(), "w", null, Map.of("w", 2)),
        row("the first starts", 2, "w", List.of(live("w", 2, 0)), "w", null, Map.of("w", 2)),
        row("the only one scales", 5, "w", List.of(live("w", 2, 2)), "w", null, Map.of("w", 5)),
        row("its Deployment was deleted", 2, "w", List.of(), "w", null, Map.of("w", 2)),
        row("zero", 0, "w", List.of(live("w", 2, 2)), "w", null, Map.of("w", 0)),
        row(
            "a candidate is made",
            2,
            "s",
            List.of(live("s", 2, 2)),
            "s",
            "w",
            Map.of("s", 2, "w", 2)),
        row(
            "some of the candidate are ready",
            2,
            "s",
            List.of(live("s", 2, 2), live("w", 2, 1)),
            "s",
            "w",
            Map.of("s", 2, "w", 2)),
        row(
            "both scale during the rollout",
            3,
            "s",
            List.of(live("s", 2, 2), live("w", 2, 2)),
            "s",
            "w",
            Map.of("s", 3, "w", 3)),
        row(
            "all are ready: the Service flips, the former one stays for this step",
            2,
            "s",
            List.of(live("s", 2, 2), live("w", 2, 2)),
            "w",
            null,
            Map.of("s", 2, "w", 2)),
        row(
            "the Service has flipped: the former one goes",
            2,
            "w",
            List.of(live("s", 2, 2), live("w", 2, 2)),
            "w",
            null,
            Map.of("w", 2),
            "s"),
        row(
            "back to the former spec: the candidate goes",
            2,
            "w",
            List.of(live("w", 2, 2), live("o", 2, 0)),
            "w",
            null,
            Map.of("w", 2),
            "o"),
        row(
            "a third spec: the older candidate goes",
            2,
            "s",
            List.of(live("s", 2, 2), live("o", 2, 1)),
            "s",
            "w",
            Map.of("s", 2, "w", 2),
            "o"),
        row(
            "nothing is wanted: flip at once",
            0,
            "s",
            List.of(live("s", 0, 0)),
            "w",
            null,
            Map.of("w", 0),
            "s"),
        row(
            "scaled up from nothing with a new spec: the former one is not started for it",
            1,
            "s",
            List.of(live("s", 0, 0)),
            "w",
            null,
            Map.of("w", 1),
            "s"),
        row(
            "the stable one is down for a moment: its pods stay",
            2,
            "s",
            List.of(live("s", 2, 0), live("w", 2, 1)),
            "s",
            "w",
            Map.of("s", 2, "w", 2)),
        row(
            "the stable one never served: its correction takes over at once",
            2,
            "s",
            List.of(neverReady("s", 2)),
            "w",
            null,
            Map.of("w", 2),
            "s"),
        row(
            "the Deployment of the serving one is gone and nothing answers",
            2,
            "s",
            List.of(live("w", 2, 0)),
            "w",
            null,
            Map.of("w", 2)),
        row(
            "the Service is gone: who answers serves, not the candidate",
            2,
            null,
            List.of(live("s", 2, 2), live("w", 2, 0)),
            "s",
            "w",
            Map.of("s", 2, "w", 2)),
        row(
            "the Service is gone and both answer: the wanted one serves, the other stays for now",
            2,
            null,
            List.of(live("s", 2, 2), live("w", 2, 2)),
            "w",
            null,
            Map.of("s", 2, "w", 2)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("steps")
  void plans(
      String name,
      int replicas,
      Optional<String> serving,
      List<RevisionObservation> live,
      RolloutPlan expected) {
    assertThat(RolloutPlanner.plan("w", replicas, serving, live)).isEqualTo(expected);
  }

  private static Arguments row(
      String name,
      int replicas,
      String serving,
      List<RevisionObservation> live,
      String nextServing,
      String candidate,
      Map<String, Integer> next,
      String... delete) {
    return arguments(
        name,
        replicas,
        Optional.ofNullable(serving),
        live,
        new RolloutPlan(nextServing, Optional.ofNullable(candidate), next, Set.of(delete)));
  }

  private static RevisionObservation live(String revision, int wanted, int ready) {
    return new RevisionObservation(revision, wanted, ready);
  }

  private static RevisionObservation neverReady(String revision, int wanted) {
    return new RevisionObservation(revision, wanted, 0, false);
  }
}

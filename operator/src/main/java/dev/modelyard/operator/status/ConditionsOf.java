package dev.modelyard.operator.status;

import static dev.modelyard.operator.status.Conditions.AUTOSCALING_ACTIVE;
import static dev.modelyard.operator.status.Conditions.FALSE;
import static dev.modelyard.operator.status.Conditions.MODEL_LOADED;
import static dev.modelyard.operator.status.Conditions.PROGRESSING;
import static dev.modelyard.operator.status.Conditions.READY;
import static dev.modelyard.operator.status.Conditions.SCHEDULED;
import static dev.modelyard.operator.status.Conditions.TRUE;
import static dev.modelyard.operator.status.Conditions.UNKNOWN;

import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.LoadedModel;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The conditions of a situation; docs/conditions.md is their reference. */
final class ConditionsOf {
  private static final String NO_REPLICA = "No replica is wanted. Raise spec.replicas to serve.";
  private static final String IDLE =
      "No replica is wanted: nobody asks. A request to the gateway starts one.";

  private ConditionsOf() {}

  static List<Condition> situation(Situation situation, Conditions conditions) {
    Stream<Condition> always =
        Stream.of(
            ready(situation, conditions),
            progressing(situation, conditions),
            scheduled(situation, conditions),
            modelLoaded(situation, conditions));
    return Stream.concat(
            always,
            situation.autoscaling().map(said -> autoscalingActive(said, conditions)).stream())
        .toList();
  }

  /** An autoscaler that was started anew has nothing to say at first: what it said last stays. */
  private static Condition autoscalingActive(
      Optional<AutoscalingReport> said, Conditions conditions) {
    return said.map(
            report ->
                conditions.of(
                    AUTOSCALING_ACTIVE,
                    report.active() ? TRUE : FALSE,
                    report.reason(),
                    report.message()))
        .or(() -> conditions.unchanged(AUTOSCALING_ACTIVE))
        .orElseGet(
            () ->
                conditions.of(
                    AUTOSCALING_ACTIVE,
                    UNKNOWN,
                    Reason.Starting,
                    "The load has not been measured yet."));
  }

  private static String noReplica(Situation situation) {
    return situation.autoscaling().isPresent() ? IDLE : NO_REPLICA;
  }

  private static Condition ready(Situation situation, Conditions conditions) {
    if (situation.idle()) {
      return conditions.of(READY, FALSE, Reason.ScaledToZero, noReplica(situation));
    }
    String count =
        "%d of %d replicas are ready.".formatted(situation.ready(), situation.replicas());
    if (situation.serves() || situation.grows()) {
      return conditions.of(READY, TRUE, Reason.Ready, count);
    }
    Cause cause = situation.cause();
    if (cause.ofStart()) {
      return conditions.of(
          READY,
          FALSE,
          situation.ready() > 0 && !situation.enough() ? Reason.NotEnoughReplicas : cause.reason(),
          count + " " + cause.message());
    }
    return conditions.of(READY, FALSE, cause.reason(), count + " " + named(cause));
  }

  private static Condition progressing(Situation situation, Conditions conditions) {
    if (situation.candidate().isPresent()) {
      return rollout(situation, situation.candidate().get(), conditions);
    }
    if (situation.problem().isPresent()) {
      Cause cause = Cause.of(situation.problem().get());
      return conditions.of(PROGRESSING, FALSE, cause.reason(), cause.message());
    }
    if (situation.idle()) {
      return conditions.of(PROGRESSING, FALSE, Reason.ScaledToZero, noReplica(situation));
    }
    if (situation.serves()) {
      return conditions.of(
          PROGRESSING,
          FALSE,
          Reason.RolloutComplete,
          "Revision " + situation.stable().revision() + " serves.");
    }
    Cause cause = situation.cause();
    if (situation.stable().failed()) {
      return conditions.of(PROGRESSING, FALSE, cause.reason(), cause.message());
    }
    return situation.ready() > 0 && !situation.enough()
        ? conditions.of(
            PROGRESSING,
            TRUE,
            Reason.Scaling,
            "From %d to %d ready replicas. %s"
                .formatted(situation.ready(), situation.replicas(), cause.message()))
        : conditions.of(PROGRESSING, TRUE, cause.reason(), cause.message());
  }

  private static Condition rollout(
      Situation situation, RevisionView candidate, Conditions conditions) {
    String former =
        situation.ready() > 0
            ? "Revision %s serves on.".formatted(situation.stable().revision())
            : "No revision serves.";
    String cause = candidate.cause().map(ConditionsOf::named).orElse("");
    return candidate.failed()
        ? conditions.of(
            PROGRESSING,
            FALSE,
            Reason.RolloutFailed,
            "Revision %s cannot serve: %s %s %s"
                .formatted(candidate.revision(), cause, former, Reason.RolloutFailed.nextStep()))
        : conditions.of(
            PROGRESSING,
            TRUE,
            Reason.RollingOut,
            "%d of %d replicas of revision %s are ready. %s"
                .formatted(
                    candidate.ready().size(), candidate.wanted(), candidate.revision(), cause)
                .strip());
  }

  private static String named(Cause cause) {
    return cause.ofStart() ? cause.message() : cause.reason() + ": " + cause.message();
  }

  private static Condition scheduled(Situation situation, Conditions conditions) {
    List<RevisionView> views =
        Stream.concat(Stream.of(situation.stable()), situation.candidate().stream()).toList();
    Optional<Cause> unplaced =
        views.stream()
            .flatMap(view -> view.failures().stream())
            .filter(failure -> failure.reason() == Reason.Unschedulable)
            .findFirst()
            .or(
                () ->
                    views.stream()
                        .flatMap(view -> view.deployment().stream())
                        .flatMap(deployment -> DeploymentFailures.of(deployment).stream())
                        .map(Cause::of)
                        .findFirst());
    if (situation.replicas() == 0) {
      return conditions.of(SCHEDULED, UNKNOWN, Reason.ScaledToZero, noReplica(situation));
    }
    if (unplaced.isPresent()) {
      return conditions.of(SCHEDULED, FALSE, unplaced.get().reason(), unplaced.get().message());
    }
    boolean all =
        views.stream()
            .allMatch(
                view ->
                    view.active().size() >= view.wanted()
                        && view.active().stream().allMatch(ConditionsOf::placed));
    return all
        ? conditions.of(SCHEDULED, TRUE, Reason.Scheduled, "Every pod has a node.")
        : conditions.of(SCHEDULED, UNKNOWN, Reason.Starting, "Not every pod has been made yet.");
  }

  private static boolean placed(Pod pod) {
    return Pods.condition(pod, "PodScheduled")
        .filter(condition -> "True".equals(condition.getStatus()))
        .isPresent();
  }

  private static Condition modelLoaded(Situation situation, Conditions conditions) {
    if (situation.idle()) {
      return conditions.of(MODEL_LOADED, UNKNOWN, Reason.ScaledToZero, noReplica(situation));
    }
    RevisionView wanted = situation.wanted();
    if (!wanted.ready().isEmpty()) {
      LoadedModel model = wanted.status().model();
      return conditions.of(
          MODEL_LOADED,
          TRUE,
          Reason.ModelLoaded,
          model == null ? "A replica has loaded the model." : describe(model));
    }
    Cause cause = wanted.cause().orElseGet(situation::cause);
    return conditions.of(MODEL_LOADED, FALSE, cause.reason(), cause.message());
  }

  private static String describe(LoadedModel model) {
    return "%s of %s bytes, by %s on %s."
        .formatted(
            Objects.requireNonNullElse(model.digest(), "A model"),
            Objects.requireNonNullElse(model.sizeBytes(), "unknown"),
            model.engine(),
            Objects.requireNonNullElse(model.device(), "an unknown device"));
  }
}

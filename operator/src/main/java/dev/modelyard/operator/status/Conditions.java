package dev.modelyard.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Makes conditions that remember when their status changed last. */
final class Conditions {
  static final String READY = "Ready";
  static final String PROGRESSING = "Progressing";
  static final String SCHEDULED = "Scheduled";
  static final String MODEL_LOADED = "ModelLoaded";

  static final String AUTOSCALING_ACTIVE = "AutoscalingActive";

  static final String TRUE = "True";
  static final String FALSE = "False";
  static final String UNKNOWN = "Unknown";

  private final List<Condition> previous;
  private final Long generation;
  private final Instant now;

  Conditions(List<Condition> previous, Long generation, Instant now) {
    this.previous = previous == null ? List.of() : previous;
    this.generation = generation;
    this.now = now;
  }

  Condition of(String type, String status, Reason reason, String message) {
    String changed =
        previous(type)
            .filter(before -> status.equals(before.getStatus()))
            .map(Condition::getLastTransitionTime)
            .orElse(now.truncatedTo(ChronoUnit.SECONDS).toString());
    return new ConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason.name())
        .withMessage(message)
        .withObservedGeneration(generation)
        .withLastTransitionTime(changed)
        .build();
  }

  /** As it was, about the spec as it is now. */
  Optional<Condition> unchanged(String type) {
    return previous(type)
        .map(before -> new ConditionBuilder(before).withObservedGeneration(generation).build());
  }

  boolean wasTrue(String type) {
    return previous(type).filter(before -> TRUE.equals(before.getStatus())).isPresent();
  }

  private Optional<Condition> previous(String type) {
    return previous.stream().filter(condition -> type.equals(condition.getType())).findFirst();
  }
}

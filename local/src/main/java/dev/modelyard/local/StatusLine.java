package dev.modelyard.local;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.RevisionStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.Objects;
import java.util.Optional;

/** A ModelDeployment's state as one line. */
public final class StatusLine {
  private StatusLine() {}

  static String name(ModelDeployment model) {
    return model.getMetadata().getNamespace() + "/" + model.getMetadata().getName();
  }

  /** Such as {@code default/digits Loading 0/1, candidate bcdfghjklm Loading: what Ready says}. */
  public static String of(ModelDeployment model) {
    ModelDeploymentStatus status = model.getStatus();
    var line = new StringBuilder(name(model));
    if (model.getMetadata().getDeletionTimestamp() != null) {
      return line.append(" is being deleted").toString();
    }
    if (status == null || status.phase() == null) {
      return line.append(" applied").toString();
    }
    line.append(' ').append(status.phase());
    if (status.ready() != null) {
      line.append(' ').append(status.ready());
    }
    revision(line, "stable", status.stable());
    revision(line, "candidate", status.candidate());
    message(status).ifPresent(message -> line.append(": ").append(message));
    return line.toString();
  }

  private static void revision(StringBuilder line, String role, RevisionStatus revision) {
    if (revision == null) {
      return;
    }
    line.append(", ").append(role).append(' ').append(revision.revision());
    if (revision.progress() != null && revision.progress().state() != null) {
      line.append(' ').append(revision.progress().state());
    }
  }

  private static Optional<String> message(ModelDeploymentStatus status) {
    return condition(status, "Ready")
        .filter(condition -> !"True".equals(condition.getStatus()))
        .or(() -> condition(status, "Progressing").filter(c -> "True".equals(c.getStatus())))
        .map(
            condition ->
                Objects.toString(condition.getReason(), "")
                    + (condition.getMessage() == null || condition.getMessage().isBlank()
                        ? ""
                        : ", " + condition.getMessage().strip().replace('\n', ' ')));
  }

  /** The condition of that type, where the status has it. */
  public static Optional<Condition> condition(ModelDeploymentStatus status, String type) {
    return status == null || status.conditions() == null
        ? Optional.empty()
        : status.conditions().stream().filter(c -> type.equals(c.getType())).findFirst();
  }
}

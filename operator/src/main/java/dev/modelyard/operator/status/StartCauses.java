package dev.modelyard.operator.status;

import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.Progress;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;

/** Why pods that do not fail are not Ready yet. */
final class StartCauses {
  private StartCauses() {}

  static Cause of(List<Pod> starting, Optional<Progress> progress, boolean loaded) {
    if (starting.isEmpty()) {
      return creating("The pods are being made.");
    }
    if (starting.stream().noneMatch(Pods::running)) {
      return creating("The pods are being prepared: node, image, volumes.");
    }
    return progress
        .map(StartCauses::running)
        .orElseGet(
            () ->
                loading(
                    Reason.Starting,
                    loaded
                        ? "The model is loaded; the readiness probe has not passed yet."
                        : "The runtime is not ready yet."));
  }

  private static Cause running(Progress progress) {
    return switch (progress.state()) {
      case "Downloading" ->
          loading(
              Reason.ModelDownloading,
              progress.total() == null
                  ? "The model is being downloaded."
                  : "The model is being downloaded: %d %%."
                      .formatted((long) (100 * Starts.part(progress))));
      case "Verifying" ->
          loading(Reason.ModelDownloading, "The digest of the model is being checked.");
      case "Loading" -> loading(Reason.ModelLoading, "The model is being loaded.");
      case "WarmingUp" -> loading(Reason.ModelLoading, "The first prediction is being computed.");
      default -> loading(Reason.Starting, "The runtime is starting.");
    };
  }

  private static Cause creating(String message) {
    return new Cause(Cause.Kind.CREATING, Reason.Starting, message);
  }

  private static Cause loading(Reason reason, String message) {
    return new Cause(Cause.Kind.LOADING, reason, message);
  }
}

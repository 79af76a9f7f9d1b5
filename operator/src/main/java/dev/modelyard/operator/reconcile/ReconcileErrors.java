package dev.modelyard.operator.reconcile;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus;
import dev.modelyard.operator.dependent.NamespaceTerminatingException;
import dev.modelyard.operator.status.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * What happens when a reconcile fails for no fault of a user: it is repeated without end, ever less
 * often, and after the first repetition the condition {@code Progressing} says why.
 */
final class ReconcileErrors {
  private static final Logger LOG = Logger.getLogger(ReconcileErrors.class);

  /** Repeats a reconcile that the API server's refusal ended, in case its cause is gone. */
  static final Duration REFUSED_AGAIN = Duration.ofSeconds(30);

  /** Repeats what the operator had no right to, which may be given at any time. */
  static final Duration FAILED_AGAIN = Duration.ofSeconds(5);

  /** Looks again though nothing was reported, in case a watch lost something. */
  static final Duration LOOK_AGAIN = Duration.ofMinutes(3);

  private ReconcileErrors() {}

  /**
   * After 1 s, 2 s, 4 s … 10 s, without end. An API server that is back finds everything done
   * within half a minute, whatever it takes it to be whole again.
   */
  static GenericRetry retry() {
    return new GenericRetry()
        .setInitialInterval(Duration.ofSeconds(1))
        .setIntervalMultiplier(2)
        .setMaxInterval(Duration.ofSeconds(10).toMillis())
        .withoutMaxAttempts();
  }

  static ErrorStatusUpdateControl<ModelDeployment> report(
      ModelDeployment resource,
      Context<ModelDeployment> context,
      Exception failure,
      Instant now,
      EventRecorder events) {
    if (failure instanceof NamespaceTerminatingException) {
      // Its own deletion is all that is left for this resource.
      return ErrorStatusUpdateControl.<ModelDeployment>noStatusUpdate().withNoRetry();
    }
    // A conflict with another writer, or a server that restarts, is over with the next attempt.
    if (context.getRetryInfo().map(RetryInfo::getAttemptCount).orElse(0) > 0) {
      try {
        StatusWriter.write(resource, with(resource.getStatus(), failure, now), context)
            .ifPresent(written -> events.statusChanged(resource, written));
      } catch (KubernetesClientException e) {
        LOG.debugf("The failure cannot be told in the status either: %s", e.getMessage());
      }
    }
    return ErrorStatusUpdateControl.noStatusUpdate();
  }

  /** The API server's own words where there are some, without the client's request around them. */
  private static String words(Exception failure) {
    String server =
        failure instanceof KubernetesClientException e && e.getStatus() != null
            ? e.getStatus().getMessage()
            : null;
    return server == null ? failure.getMessage() : server;
  }

  static ModelDeploymentStatus with(ModelDeploymentStatus status, Exception failure, Instant now) {
    List<Condition> before =
        Optional.ofNullable(status).map(ModelDeploymentStatus::conditions).orElse(List.of());
    Optional<Condition> former =
        before.stream().filter(c -> "Progressing".equals(c.getType())).findFirst();
    List<Condition> conditions = new ArrayList<>(before);
    former.ifPresent(conditions::remove);
    conditions.add(
        new ConditionBuilder()
            .withType("Progressing")
            .withStatus("False")
            .withReason(Reason.ReconcileFailed.name())
            .withMessage(
                "The operator could not act: %s. %s"
                    .formatted(words(failure), Reason.ReconcileFailed.nextStep()))
            .withObservedGeneration(former.map(Condition::getObservedGeneration).orElse(null))
            .withLastTransitionTime(
                former
                    .filter(c -> "False".equals(c.getStatus()))
                    .map(Condition::getLastTransitionTime)
                    .orElse(now.truncatedTo(ChronoUnit.SECONDS).toString()))
            .build());
    return status == null
        ? new ModelDeploymentStatus(
            null, null, null, null, null, null, null, null, null, conditions)
        : new ModelDeploymentStatus(
            status.observedGeneration(),
            status.phase(),
            status.url(),
            status.ready(),
            status.replicas(),
            status.readyReplicas(),
            status.selector(),
            status.stable(),
            status.candidate(),
            conditions);
  }
}

package dev.modelyard.operator.reconcile;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus;
import dev.modelyard.operator.autoscaling.Autoscaler;
import dev.modelyard.operator.config.OperatorSettings;
import dev.modelyard.operator.dependent.Actuator;
import dev.modelyard.operator.dependent.ClusterState;
import dev.modelyard.operator.dependent.OwnedInformers;
import dev.modelyard.operator.desired.Revision;
import dev.modelyard.operator.metrics.ModelDeploymentMetrics;
import dev.modelyard.operator.rollout.RolloutPlan;
import dev.modelyard.operator.rollout.RolloutPlanner;
import dev.modelyard.operator.status.Observation;
import dev.modelyard.operator.status.Observation.Problem;
import dev.modelyard.operator.status.StatusCalculator;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.quarkiverse.operatorsdk.runtime.api.ConfigurableReconciler;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Turns a ModelDeployment into Kubernetes resources: looks at what is there, plans the next step of
 * the rollout, takes it, and reports. Whatever changes in the cluster starts it again from what is
 * there; nothing that decides is kept in memory.
 */
@ControllerConfiguration(name = "modeldeployment")
public class ModelDeploymentReconciler implements ConfigurableReconciler<ModelDeployment> {
  private final OperatorSettings settings;
  private final Actuator actuator;
  private final RuntimeStatusSource runtimes;
  private final Autoscaler autoscaler;
  private final EventRecorder events;
  private final ModelDeploymentMetrics metrics;
  private final Clock clock;

  ModelDeploymentReconciler(
      OperatorSettings settings,
      RuntimeStatusSource runtimes,
      Autoscaler autoscaler,
      EventRecorder events,
      ModelDeploymentMetrics metrics,
      Clock clock) {
    this.settings = settings;
    this.actuator = new Actuator(settings.runtime());
    this.runtimes = runtimes;
    this.autoscaler = autoscaler;
    this.events = events;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public UpdateControl<ModelDeployment> reconcile(
      ModelDeployment resource, Context<ModelDeployment> context) {
    ClusterState found = ClusterState.of(resource, context);
    Revision wanted = Revision.of(resource.getSpec());
    RolloutPlan plan =
        RolloutPlanner.plan(
            wanted.id(),
            Objects.requireNonNullElse(resource.getSpec().replicas(), 1),
            found.serving(),
            found.revisions());

    Optional<Problem> problem = actuator.act(plan, wanted, resource, found, context);
    ClusterState reached = ClusterState.of(resource, context);
    runtimes.watch(resource, reached.pods());
    autoscaler.watch(resource, plan.serving(), reached, context);
    ModelDeploymentStatus status =
        StatusCalculator.calculate(
            new Observation(
                resource,
                plan,
                wanted.id(),
                reached.service().isPresent(),
                reached.deployments(),
                reached.pods(),
                runtimes.answers(resource),
                autoscaler.report(resource),
                settings.gatewayUrl(),
                problem),
            clock.instant());
    metrics.observed(ResourceID.fromResource(resource), status);

    Optional<ModelDeployment> written = StatusWriter.write(resource, status, context);
    written.ifPresent(now -> events.statusChanged(resource, now));
    forgetIfDeleted(resource, context);
    return Again.after(resource, written, problem, reached.flippedSince(found));
  }

  /** A resource deleted meanwhile was forgotten before this reconcile noted it again. */
  private void forgetIfDeleted(ModelDeployment resource, Context<ModelDeployment> context) {
    ResourceID id = ResourceID.fromResource(resource);
    if (context.eventSourceRetriever().getControllerEventSource().get(id).isEmpty()) {
      metrics.removed(id);
      runtimes.onResourceDeleted(resource);
      autoscaler.onResourceDeleted(resource);
    }
  }

  @Override
  public ErrorStatusUpdateControl<ModelDeployment> updateErrorStatus(
      ModelDeployment resource, Context<ModelDeployment> context, Exception failure) {
    return ReconcileErrors.report(resource, context, failure, clock.instant(), events);
  }

  @Override
  public List<EventSource<?, ModelDeployment>> prepareEventSources(
      EventSourceContext<ModelDeployment> context) {
    return Stream.concat(OwnedInformers.of(context).stream(), Stream.of(runtimes, autoscaler))
        .toList();
  }

  @Override
  public void updateConfigurationFrom(ControllerConfigurationOverrider<ModelDeployment> config) {
    config
        .withRetry(ReconcileErrors.retry())
        .withReconciliationMaxInterval(ReconcileErrors.LOOK_AGAIN)
        .withItemStore(OwnedInformers.trimmed());
    if (!settings.namespaces().isEmpty()) {
      config.settingNamespaces(settings.namespaces());
    }
  }
}

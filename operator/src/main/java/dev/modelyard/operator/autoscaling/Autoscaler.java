package dev.modelyard.operator.autoscaling;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.DaemonThreads;
import dev.modelyard.operator.asking.RuntimeStatusClient;
import dev.modelyard.operator.autoscaling.AutoscaledModel.Outcome;
import dev.modelyard.operator.dependent.ClusterState;
import dev.modelyard.operator.dependent.ExternalAutoscalers;
import dev.modelyard.operator.dependent.NamespaceTerminatingException;
import dev.modelyard.operator.metrics.AutoscalingMetrics;
import dev.modelyard.operator.status.AutoscalingReport;
import dev.modelyard.operator.status.Reason;
import dev.modelyard.operator.status.RuntimeStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Asks every second the Ready pods of each autoscaled ModelDeployment for their load, lets the
 * policy decide as soon as they have answered, and writes the number of replicas. It learns of
 * ModelDeployments from their reconciles, so it does nothing where another operator leads.
 */
@Singleton
public class Autoscaler extends AbstractEventSource<AutoscalingReport, ModelDeployment>
    implements ResourceEventAware<ModelDeployment> {
  private static final Logger LOG = Logger.getLogger(Autoscaler.class);
  private static final long PERIOD_MILLIS = 1000;
  private static final int THREADS = 4;

  private final KubernetesClient client;
  private final RuntimeStatusClient runtimes;
  private final GatewayDemand gateways;
  private final AutoscalingMetrics metrics;
  private final ScaleEvents events;
  private final Clock clock;
  private final Map<ResourceID, AutoscaledModel> models = new ConcurrentHashMap<>();
  private final Map<ResourceID, String> others = new ConcurrentHashMap<>();
  private final AtomicBoolean begun = new AtomicBoolean();
  private final ScheduledExecutorService executor =
      Executors.newScheduledThreadPool(THREADS, DaemonThreads.named("autoscaler"));

  Autoscaler(
      KubernetesClient client,
      RuntimeStatusClient runtimes,
      GatewayDemand gateways,
      AutoscalingMetrics metrics,
      ScaleEvents events,
      Clock clock) {
    super(AutoscalingReport.class, "Autoscaler");
    this.client = client;
    this.runtimes = runtimes;
    this.gateways = gateways;
    this.metrics = metrics;
    this.events = events;
    this.clock = clock;
  }

  /**
   * Scales this ModelDeployment from now on, where its spec asks for it and no one else does.
   *
   * @param serving the revision that serves
   */
  public void watch(
      ModelDeployment resource,
      String serving,
      ClusterState state,
      Context<ModelDeployment> context) {
    Optional<String> other = ExternalAutoscalers.of(resource, context);
    ResourceID id = ResourceID.fromResource(resource);
    if (resource.getSpec().autoscaling() == null || other.isPresent()) {
      forget(id);
      if (resource.getSpec().autoscaling() != null) {
        others.put(id, other.get());
      }
      return;
    }
    others.remove(id);
    AutoscaledModel known = models.get(id);
    AutoscaledModel model = known == null ? new AutoscaledModel(System.nanoTime()) : known;
    model.observe(
        resource,
        ServingPodsOf.state(
            resource,
            serving,
            state,
            Optional.ofNullable(known).map(AutoscaledModel::pods),
            runtimes,
            clock),
        System.nanoTime());
    if (known == null && models.putIfAbsent(id, model) == null && isRunning()) {
      metrics.watch(id, model::wanted);
      begin();
      executor.execute(() -> round(id, model));
    }
  }

  /** What there is to say; empty while the load has not been seen yet. */
  public Optional<AutoscalingReport> report(ModelDeployment resource) {
    ResourceID id = ResourceID.fromResource(resource);
    return Optional.ofNullable(others.get(id))
        .map(
            other ->
                new AutoscalingReport(
                    false,
                    Reason.ExternalAutoscaler,
                    other + " scales it. " + Reason.ExternalAutoscaler.nextStep()))
        .or(() -> Optional.ofNullable(models.get(id)).flatMap(AutoscaledModel::report));
  }

  private void begin() {
    if (begun.compareAndSet(false, true)) {
      gateways.start(executor, this::demandChanged);
    }
  }

  /** Whoever is held waits: no need to let the second pass. */
  private void demandChanged(ResourceID id) {
    AutoscaledModel model = models.get(id);
    if (model != null) {
      executor.execute(() -> decide(id, model));
    }
  }

  private void round(ResourceID id, AutoscaledModel model) {
    if (!isRunning() || models.get(id) != model) {
      return;
    }
    long started = System.nanoTime();
    CompletableFuture<?>[] answers =
        model.pods().ready().entrySet().stream()
            .map(pod -> ask(model, pod.getKey(), pod.getValue()))
            .toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(answers)
        .whenComplete((all, failure) -> later(() -> decided(id, model, started), 0));
  }

  private void decided(ResourceID id, AutoscaledModel model, long startedNanos) {
    try {
      decide(id, model);
    } catch (RuntimeException e) {
      LOG.errorf(e, "The replicas of %s were not decided", name(id));
    } finally {
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
      later(() -> round(id, model), Math.max(PERIOD_MILLIS / 5, PERIOD_MILLIS - took));
    }
  }

  private void later(Runnable task, long millis) {
    try {
      executor.schedule(task, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("Stopping: no further round");
    }
  }

  private CompletableFuture<?> ask(AutoscaledModel model, String uid, URI uri) {
    return runtimes
        .ask(uri)
        .handle(
            (RuntimeStatus answer, Throwable failure) -> {
              if (failure == null && answer.load() != null) {
                model.told(uid, answer.load(), System.nanoTime());
              } else {
                LOG.debugf("%s does not tell its load: %s", uri, failure);
              }
              return null;
            });
  }

  private void decide(ResourceID id, AutoscaledModel model) {
    synchronized (model.deciding) {
      if (models.get(id) != model) {
        return;
      }
      long now = System.nanoTime();
      Outcome outcome = model.decide(gateways.demand(id), gateways.canWake(), now);
      metrics.decided(id, outcome.signal(), outcome.decision().cause());
      if (outcome.changes()) {
        scale(id, model, outcome, now);
      } else {
        boolean active = !outcome.decision().cause().withoutSignal();
        tell(
            id,
            model,
            active,
            AutoscaledModel.reason(outcome.decision().cause()),
            outcome.decision().explanation(),
            now);
      }
    }
  }

  private void scale(ResourceID id, AutoscaledModel model, Outcome outcome, long sampledNanos) {
    ModelDeployment resource = model.resource();
    int replicas = outcome.decision().replicas();
    try {
      if (ScaleWriter.write(client, resource, replicas)) {
        String change = model.scaled(outcome, clock.instant(), System.nanoTime());
        metrics.scaled(outcome.before(), outcome.decision(), System.nanoTime() - sampledNanos);
        events.scaled(resource, change);
        getEventHandler().handleEvent(new Event(id));
        LOG.infof("%s: %s", name(id), outcome.decision().explanation());
      }
    } catch (KubernetesClientException e) {
      if (NamespaceTerminatingException.says(e)) {
        return;
      }
      metrics.scaleFailed();
      LOG.warnf("%s: %d replicas are not written: %s", name(id), replicas, e.getMessage());
      tell(
          id,
          model,
          false,
          Reason.ScaleFailed,
          replicas + " replicas are not written: " + e.getMessage(),
          sampledNanos);
    }
  }

  private void tell(
      ResourceID id,
      AutoscaledModel model,
      boolean active,
      Reason reason,
      String explanation,
      long nowNanos) {
    if (model.tends(
        active, reason, explanation, () -> said(model.resource(), active, reason), nowNanos)) {
      getEventHandler().handleEvent(new Event(id));
    }
  }

  /** What the status says already, if it says the same. */
  private static Optional<String> said(ModelDeployment resource, boolean active, Reason reason) {
    return Optional.ofNullable(resource.getStatus())
        .flatMap(status -> Optional.ofNullable(status.conditions()))
        .stream()
        .flatMap(conditions -> conditions.stream())
        .filter(
            condition ->
                "AutoscalingActive".equals(condition.getType())
                    && reason.name().equals(condition.getReason())
                    && (active ? "True" : "False").equals(condition.getStatus()))
        .map(Condition::getMessage)
        .findFirst();
  }

  private static String name(ResourceID id) {
    return id.getNamespace().orElse("") + "/" + id.getName();
  }

  @Override
  public Set<AutoscalingReport> getSecondaryResources(ModelDeployment resource) {
    return report(resource).map(Set::of).orElse(Set.of());
  }

  @Override
  public void onResourceDeleted(ModelDeployment resource) {
    forget(ResourceID.fromResource(resource));
  }

  private void forget(ResourceID id) {
    others.remove(id);
    if (models.remove(id) != null) {
      metrics.forget(id);
    }
  }

  @Override
  public void stop() {
    super.stop();
    executor.shutdownNow();
    gateways.stop();
  }
}

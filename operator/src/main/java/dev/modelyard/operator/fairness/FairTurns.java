package dev.modelyard.operator.fairness;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.config.OperatorSettings;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Lets reconciles begin in a {@linkplain FairQueue fair order}. The Operator SDK starts them first
 * come first served; a reconcile that finds no turn ends at once, and its resource is reconciled
 * again when it is its turn.
 */
@Singleton
public class FairTurns extends AbstractEventSource<Void, ModelDeployment>
    implements ResourceEventAware<ModelDeployment> {
  /** Threads that do no work, so that what comes is put in order whatever the others do. */
  private static final int ORDERING = 2;

  private final FairQueue<ResourceID> queue;

  FairTurns(OperatorSettings settings) {
    super(Void.class, "Turns");
    this.queue =
        new FairQueue<>(
            Math.max(1, settings.maxConcurrentReconciles() - ORDERING),
            id -> id.getNamespace().orElse(""));
  }

  /** Does the work if it is the resource's turn; empty where it has to wait for it. */
  public <R> Optional<R> take(
      ModelDeployment resource, Context<ModelDeployment> context, Supplier<R> work) {
    if (!enter(resource, context)) {
      return Optional.empty();
    }
    try {
      return Optional.of(work.get());
    } finally {
      call(queue.leave());
    }
  }

  private boolean enter(ModelDeployment resource, Context<ModelDeployment> context) {
    ResourceID id = ResourceID.fromResource(resource);
    if (context.getRetryInfo().isPresent()) {
      // It has waited already; and ending it here would look like success, and end its back-off.
      queue.enterAnyway(id);
      return true;
    }
    boolean firstLook =
        resource.getStatus() == null || resource.getStatus().observedGeneration() == null;
    if (queue.enter(id, firstLook)) {
      return true;
    }
    if (context.eventSourceRetriever().getControllerEventSource().get(id).isEmpty()) {
      // Deleted meanwhile: no event would begin it, and its turn would never end.
      call(queue.forget(id));
    }
    return false;
  }

  /** How many resources wait for their turn. */
  public int waiting() {
    return queue.waiting();
  }

  private void call(List<ResourceID> next) {
    next.forEach(id -> getEventHandler().handleEvent(new Event(id)));
  }

  @Override
  public void onResourceDeleted(ModelDeployment resource) {
    call(queue.forget(ResourceID.fromResource(resource)));
  }

  @Override
  public Set<Void> getSecondaryResources(ModelDeployment resource) {
    return Set.of();
  }
}

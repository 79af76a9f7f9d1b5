package dev.modelyard.e2e.support;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The numbers of replicas that a ModelDeployment and its Deployment were given, in order. */
public final class ReplicaHistory implements AutoCloseable {
  private final List<Integer> wanted = new ArrayList<>();
  private final List<Integer> deployed = new ArrayList<>();
  private final Set<String> writers = new TreeSet<>();
  private final List<Watch> watches;
  private boolean lost;

  private ReplicaHistory(Space space, String model) {
    watches =
        List.of(
            space
                .modelDeployments()
                .inNamespace(space.name())
                .withName(model)
                .watch(watcher(this::seen)),
            space
                .client()
                .apps()
                .deployments()
                .inNamespace(space.name())
                .withLabel("modelyard.dev/model-deployment", model)
                .watch(watcher(one -> add(deployed, one.getSpec().getReplicas()))));
  }

  public static ReplicaHistory fromNow(Space space, String model) {
    return new ReplicaHistory(space, model);
  }

  /** What {@code spec.replicas} of the ModelDeployment was, without repetitions. */
  public synchronized List<Integer> wanted() {
    complete();
    return List.copyOf(wanted);
  }

  /** What {@code spec.replicas} of its one Deployment was, without repetitions. */
  public synchronized List<Integer> deployed() {
    complete();
    return List.copyOf(deployed);
  }

  /** Who wrote the ModelDeployment's number after its first: {@code manager/subresource}. */
  public synchronized Set<String> writers() {
    complete();
    return Set.copyOf(writers);
  }

  private void complete() {
    if (lost) {
      throw new AssertionError("a watch broke off: the history has holes");
    }
  }

  private void seen(ModelDeployment found) {
    if (add(wanted, found.getSpec().replicas()) && wanted.size() > 1) {
      found.getMetadata().getManagedFields().stream()
          .filter(ReplicaHistory::ownsReplicas)
          .forEach(entry -> writers.add(entry.getManager() + "/" + entry.getSubresource()));
    }
  }

  private static boolean ownsReplicas(ManagedFieldsEntry entry) {
    return entry.getFieldsV1() != null
        && entry.getFieldsV1().getAdditionalProperties().get("f:spec")
            instanceof java.util.Map<?, ?> spec
        && spec.containsKey("f:replicas");
  }

  private static boolean add(List<Integer> numbers, Integer number) {
    if (!numbers.isEmpty() && numbers.get(numbers.size() - 1).equals(number)) {
      return false;
    }
    return numbers.add(number);
  }

  private <T extends HasMetadata> Watcher<T> watcher(Consumer<T> seen) {
    return new Watcher<>() {
      @Override
      public void eventReceived(Action action, T object) {
        if (action == Action.ADDED || action == Action.MODIFIED) {
          synchronized (ReplicaHistory.this) {
            seen.accept(object);
          }
        }
      }

      @Override
      public void onClose(WatcherException cause) {
        synchronized (ReplicaHistory.this) {
          lost = true;
        }
      }
    };
  }

  @Override
  public void close() {
    watches.forEach(Watch::close);
  }
}

package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The numbers of replicas that a ModelDeployment and its Deployment were given, in order. */
public final class ReplicaHistory implements AutoCloseable {
  private final List<Integer> wanted = new ArrayList<>();
  private final List<Integer> deployed = new ArrayList<>();
  private final List<Watch> watches;
  private Instant changed = Instant.now();
  private boolean lost;

  private ReplicaHistory(Space space, String model) {
    watches =
        List.of(
            space
                .modelDeployments()
                .inNamespace(space.name())
                .withName(model)
                .watch(watcher(one -> wanted(one.getSpec().replicas()))),
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

  /** What it is now, as far as was seen. */
  public synchronized int last() {
    complete();
    return wanted.get(wanted.size() - 1);
  }

  /** When its last change was seen. */
  public synchronized Instant changed() {
    return changed;
  }

  /** What {@code spec.replicas} of its one Deployment was, without repetitions. */
  public synchronized List<Integer> deployed() {
    complete();
    return List.copyOf(deployed);
  }

  private void complete() {
    if (lost) {
      throw new AssertionError("a watch broke off: the history has holes");
    }
  }

  private void wanted(Integer number) {
    int before = wanted.size();
    add(wanted, number);
    if (wanted.size() > before) {
      changed = Instant.now();
    }
  }

  private static void add(List<Integer> numbers, Integer number) {
    if (numbers.isEmpty() || !numbers.get(numbers.size() - 1).equals(number)) {
      numbers.add(number);
    }
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

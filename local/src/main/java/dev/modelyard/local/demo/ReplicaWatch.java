package dev.modelyard.local.demo;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.local.Laptop;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;

/** When spec.replicas of a ModelDeployment changed, as a watch tells. */
final class ReplicaWatch implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private record Seen(int replicas, long nanos) {}

  private final List<Seen> seen = new ArrayList<>();
  private final Watch watch;

  ReplicaWatch(Laptop laptop, ModelDeployment model) {
    this.watch =
        laptop
            .client()
            .resource(model)
            .watch(
                new Watcher<>() {
                  @Override
                  public void eventReceived(Action action, ModelDeployment now) {
                    Integer replicas = now.getSpec().replicas();
                    see(replicas == null ? 1 : replicas);
                  }

                  @Override
                  public void onClose(WatcherException cause) {
                    // What is awaited does not come then, which says so.
                  }
                });
  }

  private synchronized void see(int replicas) {
    seen.add(new Seen(replicas, System.nanoTime()));
    notifyAll();
  }

  /**
   * Milliseconds from a moment to the first change after it that is as asked.
   *
   * @param since of {@link System#nanoTime}
   * @throws DemoFailure when there is none
   */
  synchronized long millisUntil(String what, long since, IntPredicate asked)
      throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      for (Seen change : seen) {
        if (change.nanos() - since > 0 && asked.test(change.replicas())) {
          return TimeUnit.NANOSECONDS.toMillis(change.nanos() - since);
        }
      }
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new DemoFailure(what + " did not come in " + LIMIT.toSeconds() + " s");
      }
      wait(left);
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}

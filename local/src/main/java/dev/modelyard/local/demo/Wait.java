package dev.modelyard.local.demo;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus;
import dev.modelyard.local.Laptop;
import dev.modelyard.local.StatusLine;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Waits for what must come, within a time that a slow machine keeps too. */
final class Wait {
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final long PAUSE_MILLIS = 100;

  private Wait() {}

  /**
   * @param what for people, such as {@code Ready}
   * @throws DemoFailure when it does not come, or no longer can
   */
  static ModelDeployment until(
      Laptop laptop, ModelDeployment model, String what, Predicate<ModelDeployment> condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    ModelDeployment now = null;
    while (System.nanoTime() < deadline) {
      laptop
          .ended()
          .ifPresent(
              ending -> {
                throw new DemoFailure(ending);
              });
      now = laptop.client().resource(model).get();
      if (now == null) {
        throw new DemoFailure("the ModelDeployment is gone");
      }
      if (condition.test(now)) {
        return now;
      }
      if (now.getStatus() != null
          && now.getStatus().phase() == ModelDeploymentStatus.Phase.Failed) {
        throw new DemoFailure("not " + what + ": " + StatusLine.of(now));
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
    throw new DemoFailure(
        "not "
            + what
            + " after "
            + LIMIT.toSeconds()
            + " s: "
            + (now == null ? "no status" : StatusLine.of(now)));
  }

  /**
   * @param things for people, such as {@code pods}
   * @param left their names
   * @throws DemoFailure when some stay
   */
  static void untilNone(String things, Supplier<Stream<String>> left) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    Set<String> last = Set.of();
    while (System.nanoTime() < deadline) {
      last = new TreeSet<>(left.get().toList());
      if (last.isEmpty()) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
    throw new DemoFailure(
        things + " left after " + LIMIT.toSeconds() + " s: " + String.join(", ", last));
  }
}

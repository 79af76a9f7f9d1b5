package dev.modelyard.runtime.inference;

import java.util.concurrent.TimeUnit;

/**
 * How many there were, multiplied by how long: what a gauge that is read now and then misses in
 * between. Who reads it twice knows the exact average between.
 */
final class TimeWeighted {
  private int now;
  private long nanos;
  private long changed = System.nanoTime();

  /**
   * @param change how many more there are, or fewer
   * @param at {@link System#nanoTime()}; one before the last change counts as that
   */
  synchronized void add(int change, long at) {
    advance(at);
    now += change;
  }

  synchronized int now() {
    return now;
  }

  /** Milliseconds, of each of them. */
  synchronized long millis(long at) {
    advance(at);
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  private void advance(long at) {
    if (at - changed > 0) {
      nanos += now * (at - changed);
      changed = at;
    }
  }
}

package dev.modelyard.runtime.inference;

/** Answers a second, as a moving average over some seconds; tells how long a full queue takes. */
final class Throughput {
  private static final double WEIGHT = 0.3;
  private static final int LONGEST_SECONDS = 60;

  private double perSecond;
  private long lastCount;
  private long lastTime = System.nanoTime();

  /**
   * @param count answers since start
   * @param now {@link System#nanoTime()}
   */
  synchronized void sample(long count, long now) {
    double seconds = (now - lastTime) / 1e9;
    if (seconds < 0.5) {
      return;
    }
    double rate = (count - lastCount) / seconds;
    perSecond = perSecond == 0 ? rate : perSecond + WEIGHT * (rate - perSecond);
    lastCount = count;
    lastTime = now;
  }

  /** Whole seconds until so many are answered, from 1 to 60; 1 while nothing was measured. */
  synchronized int secondsFor(int waiting) {
    if (perSecond <= 0) {
      return 1;
    }
    return (int) Math.max(1, Math.min(LONGEST_SECONDS, Math.ceil(waiting / perSecond)));
  }
}

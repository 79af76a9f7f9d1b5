package dev.modelyard.bench.autoscaling;

import java.util.Arrays;

/**
 * Knative's pod autoscaler for concurrency, after the Knative documentation ("Configuring the
 * Autoscaler": "Autoscaler types and metrics", "Targets", "Scale to zero", "Additional
 * configuration") and the comments of its {@code config-autoscaler}, with their defaults.
 *
 * <p>Every 2 s: mean concurrency over a stable window (60 s) and a panic window (10 % of it), each
 * divided by the target and rounded up, at most 1000 times what is Ready and at least half of it.
 * When the panic window asks for twice of what is Ready or more, it panics: the greater of both
 * counts, and never down, until that was not so for a whole stable window. A window that began to
 * be filled less than its length ago is averaged over what there is.
 *
 * <p>To zero when the stable window is empty and was active at least that long, and the activator
 * has been in the request path for the grace period (30 s); it is whenever the spare capacity is
 * below the target burst capacity (211). At zero the activator's first report starts a look at
 * once. Concurrency is averaged by queue-proxy and activator over a second, and scraped a second
 * later.
 */
final class Kpa implements Autoscaler {
  static final int STABLE_SECONDS = 60;
  static final int PANIC_SECONDS = 6;
  static final int TICK_SECONDS = 2;
  static final int GRACE_SECONDS = 30;
  private static final double TARGET_BURST_CAPACITY = 211;

  private final double target;
  private final double capacity;
  private final double panicThreshold;
  private final double maxScaleUpRate;
  private final double maxScaleDownRate;
  private final int retentionSeconds;
  private final int maxReplicas;
  private final Window stable = new Window(STABLE_SECONDS);
  private final Window panic = new Window(PANIC_SECONDS);

  private double reported = Double.NaN;
  private int panicSince = -1;
  private int maxPanicPods;
  private int activeSince = -1;
  private int inactiveSince = -1;
  private int proxiedSince = -1;

  /**
   * @param target concurrency a replica to aim at: the target utilisation times the container
   *     concurrency
   * @param capacity container concurrency
   * @param retentionSeconds {@code scale-to-zero-pod-retention-period}: how long the last pod stays
   *     after the autoscaler wants none
   */
  Kpa(
      double target,
      double capacity,
      double panicThreshold,
      double maxScaleUpRate,
      double maxScaleDownRate,
      int retentionSeconds,
      int maxReplicas) {
    this.target = target;
    this.capacity = capacity;
    this.panicThreshold = panicThreshold;
    this.maxScaleUpRate = maxScaleUpRate;
    this.maxScaleDownRate = maxScaleDownRate;
    this.retentionSeconds = retentionSeconds;
    this.maxReplicas = maxReplicas;
  }

  static Kpa withDefaults(double target, double capacity, int retentionSeconds, int maxReplicas) {
    return new Kpa(target, capacity, 2, 1000, 2, retentionSeconds, maxReplicas);
  }

  @Override
  public int decide(Sample sample) {
    int second = sample.second();
    boolean asleep = sample.wanted() == 0;
    boolean poked = asleep && sample.waiting() > 0;
    if (!Double.isNaN(reported)) {
      stable.record(second, reported);
      panic.record(second, reported);
    }
    if (poked) {
      // The activator reports the first request by itself and at once.
      stable.record(second, Math.max(1, sample.meanLoad()));
      panic.record(second, Math.max(1, sample.meanLoad()));
      reported = Double.NaN;
    } else {
      reported = asleep ? Double.NaN : sample.meanLoad();
    }
    if (!poked && (second % TICK_SECONDS != 0 || stable.isEmpty(second))) {
      return sample.wanted();
    }
    int desired = scale(second, sample.ready(), stable.average(second), panic.average(second));
    return toZero(sample, Math.min(maxReplicas, desired));
  }

  /** What the autoscaler proper wants: the windows' averages to pods. */
  int scale(int second, int readyPods, double stableLoad, double panicLoad) {
    double ready = Math.max(1, readyPods);
    double most = Math.ceil(maxScaleUpRate * ready);
    double least = Math.floor(ready / maxScaleDownRate);
    double bySlow = Math.ceil(stableLoad / target);
    double byFast = Math.ceil(panicLoad / target);
    int slow = (int) Math.min(Math.max(bySlow, least), most);
    int fast = (int) Math.min(Math.max(byFast, least), most);
    if (byFast / ready >= panicThreshold) {
      panicSince = second;
    } else if (panicSince >= 0 && second - panicSince > STABLE_SECONDS) {
      panicSince = -1;
      maxPanicPods = 0;
    }
    double spare = readyPods * capacity - TARGET_BURST_CAPACITY - panicLoad;
    if (spare >= 0) {
      proxiedSince = -1;
    } else if (proxiedSince < 0) {
      proxiedSince = second;
    }
    if (panicSince < 0) {
      return slow;
    }
    maxPanicPods = Math.max(maxPanicPods, Math.max(slow, fast));
    return maxPanicPods;
  }

  private int toZero(Sample sample, int desired) {
    int second = sample.second();
    if (desired > 0) {
      inactiveSince = -1;
      // Active is when a pod is Ready.
      activeSince = sample.ready() == 0 ? -1 : activeSince < 0 ? second : activeSince;
      return desired;
    }
    if (sample.wanted() == 0) {
      return 0;
    }
    if (activeSince < 0 || second - activeSince < STABLE_SECONDS) {
      return 1;
    }
    if (inactiveSince < 0) {
      inactiveSince = second;
    }
    int inactive = second - inactiveSince;
    int proxied = proxiedSince < 0 ? 0 : second - proxiedSince;
    if (inactive >= retentionSeconds && (inactive >= GRACE_SECONDS || proxied >= GRACE_SECONDS)) {
      activeSince = -1;
      inactiveSince = -1;
      return 0;
    }
    return Math.min(1, sample.wanted());
  }

  /** Seconds of a sliding window. */
  private static final class Window {
    private final double[] buckets;
    private int first = -1;
    private int last = -1;

    Window(int seconds) {
      buckets = new double[seconds];
    }

    void record(int second, double value) {
      if (first < 0 || second - last > buckets.length) {
        first = second;
        Arrays.fill(buckets, 0);
      } else {
        for (int gap = last + 1; gap < second; gap++) {
          buckets[gap % buckets.length] = 0;
        }
      }
      buckets[second % buckets.length] = value;
      last = second;
    }

    boolean isEmpty(int second) {
      return last < 0 || second - last > buckets.length;
    }

    double average(int second) {
      if (isEmpty(second)) {
        return 0;
      }
      int oldest = Math.max(first, second - buckets.length + 1);
      double sum = 0;
      int count = 0;
      for (int at = oldest; at <= last; at++) {
        sum += buckets[at % buckets.length];
        count++;
      }
      return count == 0 ? 0 : sum / count;
    }
  }
}

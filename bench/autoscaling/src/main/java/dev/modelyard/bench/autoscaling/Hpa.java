package dev.modelyard.bench.autoscaling;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The HorizontalPodAutoscaler of autoscaling/v2 with a {@code Pods} metric and an {@code
 * AverageValue}, after the Kubernetes documentation "Horizontal Pod Autoscaling" (sections
 * "Algorithm details", "Configurable scaling behavior", "Default behavior"), with its defaults: a
 * look every 15 s; no change within a tolerance of 0.1; up by the greater of 100 % and 4 pods in 15
 * s; down at once to the highest recommendation of the last 300 s.
 *
 * <p>Pods that are not Ready, and Ready ones that were not scraped yet, are set aside first. Then,
 * where there are any, the ratio is taken again: in a scale-up both count with 0, in a scale-down
 * the ones without metrics count with the target; nothing happens when that turns the direction or
 * ends within the tolerance.
 *
 * <p>The metric is the same in-flight count that the others get, averaged over the 15 s that
 * metrics-server's default resolution is, and up to 15 s old.
 */
final class Hpa implements Autoscaler {
  static final int SYNC_SECONDS = 15;
  static final int SCRAPE_SECONDS = 15;

  /** The scrape and the look are not in step; half a period apart is the mean. */
  private static final int SCRAPE_PHASE = 7;

  private static final double TOLERANCE = 0.1;
  private static final int STABILIZATION_SECONDS = 300;
  private static final int POLICY_SECONDS = 15;
  private static final int POLICY_PODS = 4;
  private static final double POLICY_PERCENT = 100;

  private final double target;
  private final int minReplicas;
  private final int maxReplicas;
  private final Deque<Recommendation> recommendations = new ArrayDeque<>();
  private final Deque<Recommendation> scaleUps = new ArrayDeque<>();

  private double loadSinceScrape;
  private int secondsSinceScrape;
  private double scrapedPerPod = Double.NaN;
  private int scrapedAt;

  private record Recommendation(int second, int replicas) {}

  /**
   * @param ready Ready pods with metrics
   * @param missing Ready pods without metrics
   * @param unready pods that are not Ready
   */
  record Pods(int ready, int missing, int unready) {}

  Hpa(double target, int minReplicas, int maxReplicas) {
    this.target = target;
    this.minReplicas = Math.max(1, minReplicas);
    this.maxReplicas = maxReplicas;
  }

  @Override
  public int decide(Sample sample) {
    scrape(sample);
    if (sample.second() % SYNC_SECONDS != 0 || Double.isNaN(scrapedPerPod)) {
      return sample.wanted();
    }
    int scraped = 0;
    for (double age : sample.readySeconds()) {
      if (age >= sample.second() - scrapedAt) {
        scraped++;
      }
    }
    Pods pods = new Pods(scraped, sample.ready() - scraped, sample.startingSeconds().size());
    int proposal = proposal(sample.wanted(), scrapedPerPod, pods);
    return limited(sample.second(), sample.wanted(), proposal);
  }

  private void scrape(Sample sample) {
    loadSinceScrape += sample.meanLoad();
    secondsSinceScrape++;
    if (sample.second() % SCRAPE_SECONDS == SCRAPE_PHASE && sample.ready() > 0) {
      scrapedPerPod = loadSinceScrape / secondsSinceScrape / sample.ready();
      scrapedAt = sample.second();
      loadSinceScrape = 0;
      secondsSinceScrape = 0;
    }
  }

  /** What the metric asks for, before bounds and behaviour. */
  int proposal(int current, double perPod, Pods pods) {
    if (pods.ready() == 0) {
      return current;
    }
    double ratio = perPod / target;
    boolean rebalance = pods.unready() > 0 && ratio > 1;
    if (!rebalance && pods.missing() == 0) {
      return Math.abs(1 - ratio) <= TOLERANCE
          ? current
          : (int) Math.ceil(ratio * pods.ready() - 1e-9);
    }
    double sum = perPod * pods.ready();
    int counted = pods.ready();
    if (pods.missing() > 0) {
      counted += pods.missing();
      sum += ratio < 1 ? pods.missing() * target : 0;
    }
    if (rebalance) {
      counted += pods.unready();
    }
    double again = sum / counted / target;
    boolean turned = (ratio < 1 && again > 1) || (ratio > 1 && again < 1);
    if (Math.abs(1 - again) <= TOLERANCE || turned) {
      return current;
    }
    int replicas = (int) Math.ceil(again * counted - 1e-9);
    // Pods set aside must not turn the direction of the result either.
    return (again < 1 && replicas > current) || (again > 1 && replicas < current)
        ? current
        : replicas;
  }

  /** Bounds, stabilisation of scale-downs, and the policies of scale-ups. */
  int limited(int second, int current, int proposal) {
    recommendations.removeIf(one -> one.second() <= second - STABILIZATION_SECONDS);
    recommendations.add(new Recommendation(second, proposal));
    int desired = proposal;
    if (proposal < current) {
      int highest = recommendations.stream().mapToInt(Recommendation::replicas).max().orElseThrow();
      desired = Math.min(current, highest);
    }
    scaleUps.removeIf(one -> one.second() <= second - POLICY_SECONDS);
    int added = scaleUps.stream().mapToInt(Recommendation::replicas).sum();
    int before = current - added;
    int most = Math.max(before + POLICY_PODS, (int) Math.ceil(before * (1 + POLICY_PERCENT / 100)));
    desired = Math.min(desired, Math.max(current, most));
    desired = Math.max(minReplicas, Math.min(maxReplicas, desired));
    if (desired > current) {
      scaleUps.add(new Recommendation(second, desired - current));
    }
    return desired;
  }
}

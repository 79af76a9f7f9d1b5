package dev.modelyard.bench.autoscaling;

import dev.modelyard.bench.autoscaling.Simulation.Result;

/**
 * Knows every request beforehand: the limit of what any autoscaler can do at the same target.
 *
 * <p>The requests that would be in a fleet without limits are averaged over a centred window and
 * divided by what a replica may carry; that many replicas are to be Ready in each second. Each is
 * wanted one cold start earlier, and kept over a gap that is too short for a start to pay. Windows
 * are tried from 1 s to 60 s, and the least replica-seconds that meet the objective for the given
 * share of requests win; where none does, the one that comes closest.
 */
final class Oracle implements Autoscaler {
  private static final int[] WINDOWS = {1, 5, 10, 20, 40, 60};

  /** So much over the target a replica may carry, as Modelyard lets it. */
  private static final double ROUNDING = 0.05;

  private final int[] plan;

  private Oracle(int[] plan) {
    this.plan = plan;
  }

  @Override
  public int decide(Sample sample) {
    return plan[Math.min(sample.second(), plan.length - 1)];
  }

  /**
   * @param carried requests in flight a replica that may be tried, such as the target alone
   */
  static Result best(Workload workload, Plant plant, double attainment, double... carried) {
    Result best = null;
    double[] load = load(workload, plant);
    for (double perReplica : carried) {
      for (int window : WINDOWS) {
        int[] needed = needed(load, window, perReplica, plant.maxReplicas());
        Result result =
            Simulation.run(workload, plant, new Oracle(plan(needed, plant.coldStartSeconds())));
        if (best == null || better(result, best, attainment)) {
          best = result;
        }
      }
    }
    return best;
  }

  private static boolean better(Result one, Result other, double attainment) {
    boolean enough = one.attainment() >= attainment;
    if (enough != other.attainment() >= attainment) {
      return enough;
    }
    return enough
        ? one.replicaSeconds() < other.replicaSeconds()
        : one.attainment() > other.attainment();
  }

  /** Requests in a fleet that never lets one wait, as filled as its target; means a second. */
  private static double[] load(Workload workload, Plant plant) {
    double stretch = 1 + plant.slowdown() * plant.target() / plant.slots();
    double[] load = new double[workload.seconds()];
    for (int i = 0; i < workload.arrivals().length; i++) {
      double from = workload.arrivals()[i];
      double to = Math.min(workload.seconds(), from + workload.work()[i] * stretch);
      for (int second = (int) from; second < to; second++) {
        load[second] += Math.min(to, second + 1.0) - Math.max(from, second);
      }
    }
    return load;
  }

  static int[] needed(double[] load, int window, double perReplica, int maxReplicas) {
    int[] needed = new int[load.length];
    for (int second = 0; second < load.length; second++) {
      int from = Math.max(0, second - window / 2);
      int to = Math.min(load.length, from + window);
      double sum = 0;
      for (int at = from; at < to; at++) {
        sum += load[at];
      }
      double mean = sum / (to - from);
      // Rounding must not forget a request that is all there is.
      int least = load[second] > 0 ? 1 : 0;
      needed[second] =
          Math.min(
              maxReplicas, Math.max(least, (int) Math.ceil(mean / perReplica / (1 + ROUNDING))));
    }
    return needed;
  }

  /** When to want how many, replica by replica. */
  static int[] plan(int[] needed, double coldStartSeconds) {
    int lead = (int) Math.ceil(coldStartSeconds * (1 + Plant.START_SPREAD));
    int most = 0;
    for (int count : needed) {
      most = Math.max(most, count);
    }
    int[] plan = new int[needed.length];
    for (int replica = 1; replica <= most; replica++) {
      int end = -1;
      for (int second = 0; second < needed.length; second++) {
        if (needed[second] < replica) {
          continue;
        }
        int from = Math.max(0, second - lead);
        if (end >= 0 && from <= end) {
          from = end;
        }
        for (int at = from; at <= second; at++) {
          plan[at] = Math.max(plan[at], replica);
        }
        end = second + 1;
      }
    }
    return plan;
  }
}

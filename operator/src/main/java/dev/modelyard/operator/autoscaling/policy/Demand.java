package dev.modelyard.operator.autoscaling.policy;

import dev.modelyard.operator.autoscaling.policy.Samples.Span;
import java.time.Duration;
import java.util.Locale;

/**
 * How many replicas the load needs, at the target.
 *
 * <p>All targets come down to one figure, the <em>cost</em> of a request: the replica-seconds that
 * it takes from a replica that is at its target. With arrivals of λ a second, {@code λ · cost}
 * replicas carry the load.
 *
 * <ul>
 *   <li>in flight: a request that stays W seconds takes a share of {@code W / perReplica} of a
 *       replica. W is Little's law (1961), the mean number there over the throughput, of what the
 *       replicas carry: queues beyond the target are backlog, not load. In a steady load this is
 *       what Knative's KPA computes, mean concurrency over target, without its noise
 *   <li>rate: {@code 1 / perSecond}
 *   <li>queue time: the time that a request keeps a replica busy, busy time over completions; then
 *       the fewest replicas whose mean wait is within the target, by Sakasegawa's approximation
 *       (1977) for many servers, {@code Wq = cost · ρ^(√(2(n+1))−1) / (n(1−ρ))}, for Poisson
 *       arrivals and exponential times, which is on the safe side for steadier ones
 * </ul>
 *
 * <p>To that comes what the backlog needs that will be there when a replica that is asked for now
 * is Ready: what waits, plus what arrives meanwhile, less what the ready replicas, and the starting
 * ones from their time on, get done, to be drained in a while.
 *
 * @param replicas not rounded
 * @param figures what it came from, for people
 */
record Demand(double replicas, String figures) {
  private static final double LEAST_DRAIN_SECONDS = 10;
  private static final double STABLE_SECONDS = 60;
  private static final double BURST_SECONDS = 10;

  /** Replicas at work at the target, for the integral of the work done. */
  static double work(Target target, Signal.Measured signal, int ready) {
    if (target instanceof Target.InFlight inFlight) {
      double atTarget = Math.min(signal.load(), inFlight.perReplica() * ready);
      return Math.max(signal.inFlight(), atTarget) / inFlight.perReplica();
    }
    return Math.min(signal.busy(), ready);
  }

  /** The cost of a request as the samples have it; the former one where they have too little. */
  static double cost(Target target, Samples samples, double former) {
    if (target instanceof Target.Rate rate) {
      return 1 / rate.perSecond();
    }
    Span span = samples.lastSeconds(STABLE_SECONDS);
    double perReplica = target instanceof Target.InFlight inFlight ? inFlight.perReplica() : 1;
    // Of what still runs, half is done on average.
    double done = span.completed() + span.inFlightGrowth() / 2;
    if (span.completed() < 1 || done < 1 || !(span.work() > 0)) {
      return former;
    }
    double measured = span.work() / done;
    if (Double.isNaN(former)) {
      return measured;
    }
    // A gauge read once a second sees a short request seldom: few sightings count little.
    double sightings = span.work() * perReplica;
    return former + sightings / (sightings + 10) * (measured - former) / 4;
  }

  /**
   * @param samples at least one
   * @param cost NaN where it is not known yet
   */
  static Demand of(
      Target target,
      Samples samples,
      Signal.Measured signal,
      Replicas replicas,
      double cost,
      double coldStart) {
    if (Double.isNaN(cost)) {
      return unknownCost(target, signal, replicas);
    }
    Arrivals arrivals = Arrivals.of(samples, coldStart);
    double steady = steady(target, arrivals.ahead(), cost);
    double fastest = fastest(samples, signal, cost);
    double backlog =
        Math.max(
            0,
            backlog(target, signal, replicas.ready(), cost)
                + arrivals.now() * coldStart
                - doneWithin(coldStart, replicas, coldStart) * fastest);
    double drain = backlog / (fastest * Math.max(LEAST_DRAIN_SECONDS, coldStart / 2));
    return new Demand(
        steady + drain,
        String.format(
            Locale.ROOT,
            "%.4g requests/s%s, %.3g replica-seconds a request, %.0f waiting%s",
            arrivals.now(),
            arrivals.ahead() > arrivals.now()
                ? String.format(
                    Locale.ROOT, " (%.4g in %.0f s)", arrivals.ahead(), Math.ceil(coldStart))
                : "",
            cost,
            signal.waiting(),
            backlog >= 1
                ? String.format(
                    Locale.ROOT, " (%.0f when a replica is Ready in %.0f s)", backlog, coldStart)
                : ""));
  }

  private static Demand unknownCost(Target target, Signal.Measured signal, Replicas replicas) {
    String figures =
        String.format(
            Locale.ROOT, "%.0f in flight and waiting, no request measured yet", signal.load());
    if (target instanceof Target.InFlight inFlight) {
      return new Demand(signal.load() / inFlight.perReplica(), figures);
    }
    return new Demand(Math.max(signal.load() > 0 ? 1 : 0, replicas.wanted()), figures);
  }

  private static double steady(Target target, double perSecond, double cost) {
    double busy = perSecond * cost;
    if (!(target instanceof Target.QueueTime queue)) {
      return busy;
    }
    int replicas = (int) Math.floor(busy) + 1;
    while (wait(replicas, busy / replicas, cost) > Seconds.of(queue.average())) {
      replicas++;
    }
    return busy == 0 ? 0 : replicas;
  }

  private static double wait(int replicas, double utilisation, double cost) {
    return cost
        * Math.pow(utilisation, Math.sqrt(2.0 * (replicas + 1)) - 1)
        / (replicas * (1 - utilisation));
  }

  /** Requests a second that a replica gets done; at the target, or more where it is seen to. */
  private static double fastest(Samples samples, Signal.Measured signal, double cost) {
    Span span = samples.lastSeconds(BURST_SECONDS);
    double seen =
        signal.waiting() > 0 && span.readySeconds() > 0
            ? span.completed() / span.readySeconds()
            : 0;
    return Math.max(1 / cost, seen);
  }

  private static double backlog(Target target, Signal.Measured signal, int ready, double cost) {
    double carried;
    if (target instanceof Target.InFlight inFlight) {
      return Math.max(0, signal.load() - inFlight.perReplica() * ready);
    } else if (target instanceof Target.QueueTime queue) {
      carried = ready / cost * Seconds.of(queue.average());
    } else {
      carried = ready / cost;
    }
    return Math.max(0, signal.waiting() - carried);
  }

  /** Replica-seconds that the ready ones, and the starting ones once Ready, have until then. */
  private static double doneWithin(double seconds, Replicas replicas, double coldStart) {
    double done = replicas.ready() * seconds;
    for (Duration age : replicas.starting()) {
      if (!Starts.overdue(age, replicas)) {
        double remaining = Math.max(coldStart / 10, coldStart - Seconds.of(age));
        done += Math.max(0, seconds - remaining);
      }
    }
    return done;
  }
}

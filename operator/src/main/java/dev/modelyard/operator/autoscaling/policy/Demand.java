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
 * <p>For a target in flight, what stays there is load too, however fast each request is done: of
 * clients that send the next request when they have their answer, as many wait as are too many, and
 * no backlog ever grows.
 *
 * <p>To that comes what the backlog needs that will be there when a replica that is asked for now
 * is Ready: what waits, plus what arrives meanwhile, less what the ready replicas, and the starting
 * ones from their time on, get done, to be drained in {@value #LEAST_DRAIN_SECONDS} s or a quarter
 * of a cold start.
 *
 * @param replicas not rounded
 * @param steady without what drains the backlog
 * @param figures what it came from, for people
 */
record Demand(double replicas, double steady, String figures) {
  /** A backlog is to be gone so long after the first new replica is Ready. */
  private static final double LEAST_DRAIN_SECONDS = 5;

  private static final double DRAIN_COLD_STARTS = 0.25;

  /** What a backlog may ask for, in times of what the load itself does: it passes. */
  private static final double MOST_DRAIN = 2;

  /** What is there for so long, and does not fall below this part meanwhile, stays. */
  private static final double STANDING_SECONDS = 6;

  private static final double STANDING = 0.9;

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

  /**
   * The cost of a request as the samples have it; the former one where they have too little.
   *
   * @param saturated whether requests wait at every replica
   */
  static double cost(Target target, Samples samples, double former, boolean saturated) {
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
    if (target instanceof Target.QueueTime && measured > former && !saturated) {
      // A replica that is not full does not show what it could do: batches grow with the load.
      return former;
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
    double steady =
        Math.max(
            steady(target, arrivals.ahead(), cost), standing(target, samples, signal, replicas));
    double fastest = fastest(samples, signal, cost);
    double backlog =
        Math.max(
            0,
            backlog(target, signal, replicas.ready(), cost)
                + arrivals.now() * coldStart
                - doneWithin(coldStart, replicas, coldStart) * fastest);
    double drainSeconds = Math.max(LEAST_DRAIN_SECONDS, DRAIN_COLD_STARTS * coldStart);
    double drain = Math.min(MOST_DRAIN * Math.max(1, steady), backlog / (fastest * drainSeconds));
    return new Demand(
        steady + drain,
        steady,
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
      double need = signal.load() / inFlight.perReplica();
      return new Demand(need, need, figures);
    }
    int held = Math.max(signal.load() > 0 ? 1 : 0, replicas.wanted());
    return new Demand(held, held, figures);
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

  /**
   * Replicas for the requests that are there all the time: neither a backlog that falls, nor one
   * that replicas which have just come, or are still to come, will take.
   */
  private static double standing(
      Target target, Samples samples, Signal.Measured signal, Replicas replicas) {
    Span span = samples.lastSeconds(STANDING_SECONDS);
    boolean others =
        !replicas.starting().isEmpty()
            || Math.abs(span.readySeconds() - replicas.ready() * span.seconds()) > 0.5;
    if (!(target instanceof Target.InFlight inFlight)
        || others
        || span.seconds() < STANDING_SECONDS
        || signal.load() < STANDING * samples.loadAgo(STANDING_SECONDS)) {
      return 0;
    }
    return samples.leastLoad(STANDING_SECONDS) / inFlight.perReplica();
  }

  private static double wait(int replicas, double utilisation, double cost) {
    return cost
        * Math.pow(utilisation, Math.sqrt(2.0 * (replicas + 1)) - 1)
        / (replicas * (1 - utilisation));
  }

  /**
   * Requests a second that a replica gets done: at the target or what it is seen to; while nothing
   * waits, as much over the target as is let pass for noise, or every load that is just over the
   * target would make a backlog.
   */
  private static double fastest(Samples samples, Signal.Measured signal, double cost) {
    Span span = samples.lastSeconds(BURST_SECONDS);
    double seen =
        signal.waiting() > 0 && span.readySeconds() > 0
            ? span.completed() / span.readySeconds()
            : 0;
    return signal.waiting() > 0 ? Math.max(1 / cost, seen) : (1 + ScalingPolicy.TOLERANCE) / cost;
  }

  private static double backlog(Target target, Signal.Measured signal, int ready, double cost) {
    double carried;
    if (target instanceof Target.InFlight inFlight) {
      double above = signal.load() - inFlight.perReplica() * ready;
      return Math.max(0, Math.min(signal.waiting(), above));
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

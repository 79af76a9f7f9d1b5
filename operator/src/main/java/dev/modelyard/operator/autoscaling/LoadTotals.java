package dev.modelyard.operator.autoscaling;

import dev.modelyard.operator.autoscaling.policy.Signal;
import dev.modelyard.operator.status.RuntimeStatus.Load;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Sums up what the pods of one model tell, over pods that come, go and restart. Not safe for
 * threads.
 */
final class LoadTotals {
  /** A pod that was silent for longer is not counted any more. */
  static final long FORGOTTEN_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Map<String, Told> pods = new HashMap<>();
  private double arrivedAtPods;
  private double arrived;
  private double completed;
  private long activeNanos;

  /**
   * @param inFlight on average since the answer before, or at that moment
   * @param queued likewise
   */
  private record Told(Load load, double inFlight, double queued, long nanos) {
    static Told first(Load load, long nanos) {
      return new Told(load, load.inFlight(), load.queued(), nanos);
    }

    /** Requests come and go faster than they are looked at: a moment tells little of a second. */
    static Told next(Told before, Load load, long nanos) {
      double millis = (nanos - before.nanos()) / 1e6;
      return millis <= 0 || load.inFlightMillis() == null || before.load().inFlightMillis() == null
          ? first(load, nanos)
          : new Told(
              load,
              (load.inFlightMillis() - before.load().inFlightMillis()) / millis,
              (load.queuedMillis() - before.load().queuedMillis()) / millis,
              nanos);
    }

    double taken() {
      return (double) answered() + load.inFlight() + load.queued();
    }

    double answered() {
      return (double) load.completed() + load.rejected() + load.failed();
    }
  }

  LoadTotals(long nowNanos) {
    this.activeNanos = nowNanos;
  }

  /** Forgets all pods but these. */
  void retain(Set<String> uids) {
    pods.keySet().retainAll(uids);
  }

  /**
   * A pod told its load. What it did before it was asked for the first time is not counted; what
   * one that restarted did since then is.
   */
  void told(String uid, Load load, long nowNanos) {
    Told before = pods.get(uid);
    Told now = Told.first(load, nowNanos);
    boolean restarted = before != null && now.answered() < before.answered();
    if (before != null && !restarted) {
      now = Told.next(before, load, nowNanos);
    }
    pods.put(uid, now);
    if (before == null) {
      return;
    }
    double taken = restarted ? now.taken() : now.taken() - before.taken();
    double answered = restarted ? now.answered() : now.answered() - before.answered();
    // Requests whose clients have gone leave without having been answered.
    arrivedAtPods += Math.max(0, taken);
    completed += answered;
    if (taken > 0 || answered > 0) {
      activeNanos = nowNanos;
    }
  }

  /**
   * The load as it is known now.
   *
   * @param asked pods that should have told
   */
  Signal signal(int asked, GatewayDemand.Demand demand, long nowNanos) {
    pods.values().removeIf(pod -> nowNanos - pod.nanos() > FORGOTTEN_NANOS);
    if (pods.isEmpty() && missing(asked, demand)) {
      return new Signal.Missing(
          "none of %d pods tells its load, and %d of %d gateways do"
              .formatted(asked, demand.answered(), demand.asked()));
    }
    Collection<Told> told = pods.values();
    double inFlight = told.stream().mapToDouble(Told::inFlight).sum();
    double queued = told.stream().mapToDouble(Told::queued).sum();
    if (inFlight + queued + demand.held() > 0) {
      activeNanos = nowNanos;
    }
    // What is held reaches a pod later, and must not be counted twice then.
    arrived = Math.max(arrived, arrivedAtPods + demand.held());
    return new Signal.Measured(
        inFlight,
        queued,
        demand.held(),
        arrived,
        completed,
        told.stream().mapToDouble(pod -> Math.min(1, pod.inFlight())).sum(),
        idle(nowNanos),
        asked + demand.asked(),
        told.size() + demand.answered(),
        Duration.ofNanos(told.stream().mapToLong(pod -> nowNanos - pod.nanos()).max().orElse(0)));
  }

  /** What gateways hold is a load, also where no pod tells; that they hold nothing is no load. */
  private static boolean missing(int asked, GatewayDemand.Demand demand) {
    return asked > 0 ? demand.held() == 0 : demand.asked() > 0 && demand.answered() == 0;
  }

  /**
   * The pods' own word, which survives the operator; of a runtime that does not tell, what was seen
   * of it.
   */
  private Duration idle(long nowNanos) {
    Duration seen = Duration.ofNanos(nowNanos - activeNanos);
    return pods.values().stream()
        .map(
            pod ->
                pod.load().idleMillis() == null
                    ? seen
                    : Duration.ofMillis(pod.load().idleMillis())
                        .plusNanos(pod.load().idleMillis() > 0 ? nowNanos - pod.nanos() : 0))
        .min(Duration::compareTo)
        .orElse(seen);
  }
}

package dev.modelyard.operator.autoscaling;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.autoscaling.policy.Cause;
import dev.modelyard.operator.autoscaling.policy.Decision;
import dev.modelyard.operator.autoscaling.policy.Observation;
import dev.modelyard.operator.autoscaling.policy.Replicas;
import dev.modelyard.operator.autoscaling.policy.ScalingPolicy;
import dev.modelyard.operator.autoscaling.policy.ScalingRules;
import dev.modelyard.operator.autoscaling.policy.ScalingState;
import dev.modelyard.operator.autoscaling.policy.Signal;
import dev.modelyard.operator.status.AutoscalingReport;
import dev.modelyard.operator.status.Reason;
import dev.modelyard.operator.status.RuntimeStatus.Load;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * One ModelDeployment whose replicas follow its load: what is known of it, and what was decided.
 * Time is the caller's: nothing here waits or asks.
 */
final class AutoscaledModel {
  /** A state of affairs that has not lasted so long is not reported. */
  private static final long LASTING_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** A written number shows up in the cache within this time, or was overwritten. */
  private static final long SEEN_BY_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Held while deciding and writing; a reconcile never waits for it. */
  final Object deciding = new Object();

  private final LoadTotals totals;
  private ModelDeployment resource;
  private ScalingRules rules;
  private ServingPods pods;
  private ScalingState state = ScalingState.initial();
  private AutoscalingReport report;
  private Reason tending;
  private long tendingSinceNanos;
  private Integer written;
  private long writtenNanos;

  AutoscaledModel(long nowNanos) {
    this.totals = new LoadTotals(nowNanos);
  }

  /** What the last reconcile saw. */
  synchronized void observe(ModelDeployment resource, ServingPods pods, long nowNanos) {
    ScalingRules now = ScalingRulesOf.spec(resource.getSpec());
    if (rules != null && !rules.target().equals(now.target())) {
      state = ScalingState.initial();
    }
    this.resource = resource;
    this.rules = now;
    this.pods = pods;
    if (Objects.equals(resource.getSpec().replicas(), written)
        || nowNanos - writtenNanos > SEEN_BY_NANOS) {
      written = null;
    }
    totals.retain(pods.ready().keySet());
  }

  synchronized ServingPods pods() {
    return pods;
  }

  synchronized ModelDeployment resource() {
    return resource;
  }

  synchronized void told(String uid, Load load, long nowNanos) {
    totals.told(uid, load, nowNanos);
  }

  synchronized int wanted() {
    return written != null ? written : Objects.requireNonNullElse(resource.getSpec().replicas(), 1);
  }

  /** A decision, and the load it was taken on. */
  record Outcome(Signal signal, int before, Decision decision) {
    boolean changes() {
      return decision.replicas() != before;
    }
  }

  synchronized Outcome decide(GatewayDemand.Demand demand, boolean canWake, long nowNanos) {
    Signal signal = totals.signal(pods.ready().size(), demand, nowNanos);
    int wanted = wanted();
    Replicas replicas =
        new Replicas(
            wanted,
            pods.ready().size(),
            pods.starting().values().stream()
                .map(since -> Duration.ofNanos(Math.max(0, nowNanos - since)))
                .toList(),
            pods.unschedulable(),
            pods.everReady(),
            canWake,
            pods.coldStart());
    Decision decision =
        ScalingPolicy.decide(rules, state, new Observation(nowNanos, signal, replicas));
    state = decision.next();
    return new Outcome(signal, wanted, decision);
  }

  /**
   * The new number is written.
   *
   * @return the last change in one line
   */
  synchronized String scaled(Outcome outcome, Instant now, long nowNanos) {
    written = outcome.decision().replicas();
    writtenNanos = nowNanos;
    String change = now.truncatedTo(ChronoUnit.SECONDS) + ": " + outcome.decision().explanation();
    tending = null;
    Reason reason = reason(outcome.decision().cause());
    report = new AutoscalingReport(true, reason, withNextStep(change, reason));
    return change;
  }

  /**
   * Reports what has lasted for some seconds, so that what flickers writes no status.
   *
   * @param former what the status says, from before this process
   * @return whether there is something new to report
   */
  synchronized boolean tends(
      boolean active,
      Reason reason,
      String explanation,
      Supplier<Optional<String>> former,
      long nowNanos) {
    if (report != null && report.reason() == reason && report.active() == active) {
      tending = null;
      return false;
    }
    if (report != null && tending != reason) {
      tending = reason;
      tendingSinceNanos = nowNanos;
      return false;
    }
    if (report != null && nowNanos - tendingSinceNanos < LASTING_NANOS) {
      return false;
    }
    tending = null;
    report =
        new AutoscalingReport(
            active, reason, former.get().orElseGet(() -> withNextStep(explanation + ".", reason)));
    return true;
  }

  synchronized Optional<AutoscalingReport> report() {
    return Optional.ofNullable(report);
  }

  private static String withNextStep(String text, Reason reason) {
    return (text + " " + reason.nextStep()).strip();
  }

  /** How a cause reads as a condition's reason. */
  static Reason reason(Cause cause) {
    return switch (cause) {
      case SIGNAL_MISSING -> Reason.SignalMissing;
      case SIGNAL_INVALID -> Reason.SignalInvalid;
      case SIGNAL_STALE -> Reason.SignalStale;
      case UNSCHEDULABLE -> Reason.Unschedulable;
      case AT_MAXIMUM -> Reason.AtMaxReplicas;
      case STARTS_OVERDUE -> Reason.StartsOverdue;
      case CANNOT_WAKE -> Reason.NoGateway;
      case STEADY,
          LOAD_ROSE,
          LOAD_FELL,
          SCALE_DOWN_DELAYED,
          DEMAND_AT_ZERO,
          FIRST_START,
          IDLE,
          AT_MINIMUM,
          SIGNAL_PARTIAL ->
          Reason.Autoscaling;
    };
  }
}

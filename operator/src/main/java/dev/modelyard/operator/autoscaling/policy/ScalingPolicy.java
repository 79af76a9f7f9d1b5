package dev.modelyard.operator.autoscaling.policy;

import dev.modelyard.operator.autoscaling.policy.SignalCheck.Problem;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Decides how many replicas a model should have. Pure: the same rules, state and observation give
 * the same decision, and of time only differences count.
 *
 * <p>Up at once, down late. A burst is answered from its first sample; what {@link Demand} needs is
 * compared with what is wanted, which contains the replicas that still start, so that none is
 * counted twice. Down goes to the most that was needed within the scale-down delay (as the HPA's
 * stabilisation window), when that whole delay was observed without a gap, and not within a delay
 * of the last step up: at most one turn from up to down in any delay. A turn from down to up waits
 * for nothing, since requests would.
 */
public final class ScalingPolicy {
  /** More need than this over what is wanted is more load; less is noise. As the HPA's. */
  private static final double TOLERANCE = 0.1;

  /** A longer silence breaks an observation. */
  private static final double LONGEST_GAP_SECONDS = 10;

  /** Idle is believed after this much observation. */
  private static final double IDLE_OBSERVED_SECONDS = 5;

  /** How long after a shortage replicas are still added one by one. */
  private static final double SHORTAGE_SECONDS = 60;

  private ScalingPolicy() {}

  /** Before the limits: min, max and what can be scheduled. */
  private record Proposal(int replicas, Cause cause, String why, ScalingState next) {}

  /**
   * @param state what the last decision returned; {@link ScalingState#initial()} for the first, and
   *     when the rules' target changes
   */
  public static Decision decide(ScalingRules rules, ScalingState state, Observation observation) {
    Replicas replicas = observation.replicas();
    Proposal proposal = propose(rules, state, observation);
    Proposal limited = schedulable(observation, clamped(rules, proposal));
    ScalingState next = limited.next();
    if (limited.replicas() > replicas.wanted()) {
      next = next.raised(observation.nanos());
    }
    String explanation =
        limited.replicas() == replicas.wanted()
            ? String.format("%d replicas: %s", limited.replicas(), limited.why())
            : String.format(
                "%d to %d replicas: %s", replicas.wanted(), limited.replicas(), limited.why());
    return new Decision(limited.replicas(), limited.cause(), explanation, next);
  }

  private static Proposal propose(ScalingRules rules, ScalingState state, Observation observation) {
    Replicas replicas = observation.replicas();
    int wanted = replicas.wanted();
    if (wanted == 0 && !replicas.everReady()) {
      return new Proposal(1, Cause.FIRST_START, "this revision was never Ready", state);
    }
    if (wanted == 0 && !replicas.canWake()) {
      return new Proposal(1, Cause.CANNOT_WAKE, "no gateway could wake it from zero", state);
    }
    Optional<Problem> problem = SignalCheck.problem(observation.signal(), state.samples());
    if (problem.isPresent()) {
      // Totals that went back start a new count.
      ScalingState next = problem.get().cause() == Cause.SIGNAL_INVALID ? state.forgotten() : state;
      return new Proposal(wanted, problem.get().cause(), problem.get().text(), next);
    }
    return byLoad(rules, state, observation.nanos(), observation);
  }

  private static Proposal byLoad(
      ScalingRules rules, ScalingState state, long now, Observation observation) {
    Replicas replicas = observation.replicas();
    Signal.Measured signal = (Signal.Measured) observation.signal();
    ScalingState seen = see(rules, state, now, signal, replicas);
    Demand demand =
        Demand.of(
            rules.target(),
            seen.samples(),
            signal,
            replicas,
            seen.cost(),
            Starts.coldStartSeconds(replicas));
    if (replicas.wanted() == 0) {
      return atZero(signal, demand, signal.partial() ? state : seen);
    }
    int right = right(demand.replicas(), replicas.wanted());
    String why = demand.figures() + ", " + rules.target();
    if (signal.partial()) {
      return right > replicas.wanted()
          ? up(replicas, right, why, state)
          : new Proposal(
              replicas.wanted(),
              Cause.SIGNAL_PARTIAL,
              signal.answered() + " of " + signal.asked() + " answered; " + why,
              state);
    }
    ScalingState next = seen.recommended(now, right, Seconds.of(rules.scaleDownDelay()));
    if (right > replicas.wanted()) {
      return up(replicas, right, why, next);
    }
    return downOrStay(rules, next, now, signal, replicas, why);
  }

  /** The state with this sample; of a partial one only for now, the caller keeps the former. */
  private static ScalingState see(
      ScalingRules rules, ScalingState state, long now, Signal.Measured signal, Replicas replicas) {
    boolean gap =
        state.lastFull().isEmpty()
            || !(Seconds.between(state.lastFull().getAsLong(), now) >= 0)
            || Seconds.between(state.lastFull().getAsLong(), now) > LONGEST_GAP_SECONDS;
    ScalingState known = gap && !signal.partial() ? state.forgotten() : state;
    Samples samples =
        known
            .samples()
            .with(
                now,
                signal,
                Demand.work(rules.target(), signal, replicas.ready()),
                replicas.ready());
    double cost =
        signal.partial() ? known.cost() : Demand.cost(rules.target(), samples, known.cost());
    return known.observed(now, samples, cost);
  }

  private static Proposal atZero(Signal.Measured signal, Demand demand, ScalingState next) {
    if (signal.held() > 0) {
      return new Proposal(
          Math.max(1, (int) Math.ceil(demand.replicas())),
          Cause.DEMAND_AT_ZERO,
          String.format(Locale.ROOT, "%.0f held at the gateway", signal.held()),
          next);
    }
    return new Proposal(0, Cause.STEADY, "no request waits", next);
  }

  /** Whole replicas, at least one; what is wanted where the need is above it by noise only. */
  private static int right(double need, int wanted) {
    int enough = (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.ceil(need)));
    return enough > wanted && need <= wanted * (1 + TOLERANCE) ? wanted : enough;
  }

  private static Proposal up(Replicas replicas, int right, String why, ScalingState next) {
    if (Starts.failing(replicas)) {
      return new Proposal(
          replicas.wanted(),
          Cause.STARTS_OVERDUE,
          String.format(
              "%d replicas would be needed, but %d that started do not become Ready; %s",
              right, Starts.overdue(replicas), why),
          next);
    }
    return new Proposal(right, Cause.LOAD_ROSE, why, next);
  }

  private static Proposal downOrStay(
      ScalingRules rules,
      ScalingState next,
      long now,
      Signal.Measured signal,
      Replicas replicas,
      String why) {
    double delay = Seconds.of(rules.scaleDownDelay());
    boolean afterUp =
        next.lastUp().isPresent() && Seconds.between(next.lastUp().getAsLong(), now) < delay;
    double observed = Seconds.between(next.observedSince().getAsLong(), now);
    if (idle(rules, signal, replicas) && !afterUp && observed >= IDLE_OBSERVED_SECONDS) {
      return new Proposal(
          0, Cause.IDLE, "no request for " + signal.idle().toSeconds() + " s", next);
    }
    int highest = next.recommendations().highest();
    if (highest >= replicas.wanted()) {
      boolean fewer = next.recommendations().latest() < replicas.wanted();
      return new Proposal(
          replicas.wanted(), fewer ? Cause.SCALE_DOWN_DELAYED : Cause.STEADY, why, next);
    }
    if (afterUp || observed < delay) {
      return new Proposal(replicas.wanted(), Cause.SCALE_DOWN_DELAYED, why, next);
    }
    return new Proposal(
        highest,
        Cause.LOAD_FELL,
        String.format(
            "%d were enough for %s s; %s", highest, rules.scaleDownDelay().toSeconds(), why),
        next);
  }

  /** A replica that has not been Ready is no reason to go, and never goes for idleness. */
  private static boolean idle(ScalingRules rules, Signal.Measured signal, Replicas replicas) {
    return rules.minReplicas() == 0
        && replicas.canWake()
        && replicas.everReady()
        && replicas.ready() > 0
        && replicas.starting().isEmpty()
        && replicas.unschedulable() == 0
        && signal.answered() > 0
        && signal.load() == 0
        && signal.idle().compareTo(rules.scaleToZeroAfter()) >= 0;
  }

  private static Proposal clamped(ScalingRules rules, Proposal proposal) {
    int replicas = rules.clamp(proposal.replicas());
    if (replicas == proposal.replicas()) {
      return proposal;
    }
    return replicas < proposal.replicas()
        ? new Proposal(
            replicas,
            Cause.AT_MAXIMUM,
            proposal.replicas() + " without maxReplicas " + replicas + "; " + proposal.why(),
            proposal.next())
        : new Proposal(
            replicas,
            Cause.AT_MINIMUM,
            proposal.replicas() + " without minReplicas " + replicas + "; " + proposal.why(),
            proposal.next());
  }

  /** At most one pod waits for a node; also below minReplicas, which cannot be had then. */
  private static Proposal schedulable(Observation observation, Proposal proposal) {
    Replicas replicas = observation.replicas();
    boolean shortage = replicas.unschedulable() > 0;
    ScalingState next = shortage ? proposal.next().shortage(observation.nanos()) : proposal.next();
    OptionalLong last = next.lastShortage();
    boolean lately =
        last.isPresent()
            && Seconds.between(last.getAsLong(), observation.nanos()) < SHORTAGE_SECONDS;
    int oneMore = replicas.placed() + 1;
    int most = shortage ? oneMore : Math.max(replicas.wanted(), oneMore);
    if (!lately || proposal.replicas() <= most) {
      return new Proposal(proposal.replicas(), proposal.cause(), proposal.why(), next);
    }
    return new Proposal(
        most,
        Cause.UNSCHEDULABLE,
        String.format(
            "%d would be right, but the scheduler %s: one more than the %d placed at a time; %s",
            proposal.replicas(),
            shortage
                ? "finds no node for " + replicas.unschedulable()
                : "lately found no node for a pod",
            replicas.placed(),
            proposal.why()),
        next);
  }
}

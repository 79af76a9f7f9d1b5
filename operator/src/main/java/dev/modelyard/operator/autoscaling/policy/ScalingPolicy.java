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
 * counted twice. Down goes to the most that was needed within the scale-down delay, or for longer
 * where {@link Keeping} says so (the HPA's stabilisation window), when all that time was observed
 * without a gap, and not within a delay of the last step up: at most one turn from up to down in
 * any delay. A turn from down to up waits for nothing, since requests would.
 */
public final class ScalingPolicy {
  /** More need than this over what is wanted is more load; less is noise. As the HPA's. */
  static final double TOLERANCE = 0.1;

  /** Of the tolerance, what a replica is let carry for good. */
  private static final double ROUNDING = 0.05;

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
    int wanted = replicas.wanted();
    String change =
        limited.replicas() == wanted ? "" + wanted : wanted + " to " + limited.replicas();
    return new Decision(
        limited.replicas(),
        limited.cause(),
        change + " replicas: " + limited.why(),
        remember(rules, observation, proposal.cause(), limited));
  }

  private static ScalingState remember(
      ScalingRules rules, Observation observation, Cause proposed, Proposal limited) {
    Replicas replicas = observation.replicas();
    ScalingState next = limited.next();
    long now = observation.nanos();
    if (limited.replicas() > replicas.wanted()) {
      double keep =
          proposed == Cause.LOAD_ROSE
              ? Keeping.learnt(rules, replicas, next.changes(), now, limited.replicas())
              : next.changes().keep();
      return next.raised(now, keep);
    }
    // A trim to what is allowed or scheduled teaches nothing of the load.
    return limited.replicas() < replicas.wanted() && proposed == Cause.LOAD_FELL
        ? next.lowered(now)
        : next;
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
    Optional<Problem> problem = SignalCheck.problem(observation.signal(), state.past().samples());
    if (problem.isPresent()) {
      // Totals that went back start a new count.
      ScalingState next = problem.get().cause() == Cause.SIGNAL_INVALID ? state.forgotten() : state;
      return new Proposal(wanted, problem.get().cause(), problem.get().text(), next);
    }
    return byLoad(rules, state, observation);
  }

  private static Proposal byLoad(ScalingRules rules, ScalingState state, Observation observation) {
    long now = observation.nanos();
    Replicas replicas = observation.replicas();
    Signal.Measured signal = (Signal.Measured) observation.signal();
    ScalingState seen = see(rules, state, now, signal, replicas);
    Demand demand =
        Demand.of(
            rules.target(),
            seen.past().samples(),
            signal,
            replicas,
            seen.past().cost(),
            Starts.coldStartSeconds(replicas));
    if (replicas.wanted() == 0) {
      return atZero(signal, demand, signal.partial() ? state : seen);
    }
    int right = right(demand.replicas(), replicas.wanted());
    String why = demand.figures() + ", " + rules.target();
    if (signal.partial()) {
      String answers = signal.answered() + " of " + signal.asked() + " answered; ";
      return right > replicas.wanted()
          ? up(replicas, right, answers + why, state)
          : new Proposal(replicas.wanted(), Cause.SIGNAL_PARTIAL, answers + why, state);
    }
    double keep = Keeping.seconds(rules, replicas, seen.changes());
    ScalingState next =
        seen.recommended(
            seen.past().right().with(now, right, Seconds.of(rules.scaleDownDelay())),
            seen.past().carrying().with(now, right(demand.steady(), replicas.wanted()), keep));
    return right > replicas.wanted()
        ? up(replicas, right, why, next)
        : downOrStay(rules, keep, next, observation, why);
  }

  /** The state with this sample; of a partial one only for now, the caller keeps the former. */
  private static ScalingState see(
      ScalingRules rules, ScalingState state, long now, Signal.Measured signal, Replicas replicas) {
    Samples former = state.past().samples();
    double silence = former.isEmpty() ? 0 : Seconds.between(former.last().nanos(), now);
    boolean gap = silence > LONGEST_GAP_SECONDS || silence < 0;
    ScalingState known = gap && !signal.partial() ? state.forgotten() : state;
    double work = Demand.work(rules.target(), signal, replicas.ready());
    Samples samples = known.past().samples().with(now, signal, work, replicas.ready());
    double cost = known.past().cost();
    boolean saturated = signal.waiting() >= replicas.ready();
    return known.observed(
        now,
        samples,
        signal.partial() ? cost : Demand.cost(rules.target(), samples, cost, saturated));
  }

  private static Proposal atZero(Signal.Measured signal, Demand demand, ScalingState next) {
    if (signal.held() > 0) {
      return new Proposal(
          right(demand.replicas(), 0),
          Cause.DEMAND_AT_ZERO,
          String.format(Locale.ROOT, "%.0f held at the gateway", signal.held()),
          next);
    }
    return new Proposal(0, Cause.STEADY, "no request waits", next);
  }

  /** Whole replicas, at least one; what is wanted where the need is above it by noise only. */
  private static int right(double need, int wanted) {
    int enough = (int) Math.max(1, Math.ceil(need / (1 + ROUNDING)));
    return enough > wanted && need <= wanted * (1 + TOLERANCE) ? wanted : enough;
  }

  private static Proposal up(Replicas replicas, int right, String why, ScalingState next) {
    if (Starts.failing(replicas)) {
      return new Proposal(
          replicas.wanted(),
          Cause.STARTS_OVERDUE,
          String.format(
              "%d would be right, but %d that started do not become Ready; %s",
              right, Starts.overdue(replicas), why),
          next);
    }
    return new Proposal(right, Cause.LOAD_ROSE, why, next);
  }

  private static Proposal downOrStay(
      ScalingRules rules, double keep, ScalingState next, Observation observation, String why) {
    Replicas replicas = observation.replicas();
    Signal.Measured signal = (Signal.Measured) observation.signal();
    int wanted = replicas.wanted();
    OptionalLong up = next.changes().up();
    boolean afterUp =
        up.isPresent()
            && Seconds.between(up.getAsLong(), observation.nanos())
                < Seconds.of(rules.scaleDownDelay());
    double observed = Seconds.between(next.past().since().getAsLong(), observation.nanos());
    if (idle(rules, signal, replicas) && !afterUp && observed >= IDLE_OBSERVED_SECONDS) {
      return new Proposal(
          0, Cause.IDLE, "no request for " + signal.idle().toSeconds() + " s", next);
    }
    int enough = Math.max(next.past().right().highest(), next.past().carrying().highest());
    // Without a Ready replica nobody can be seen who asks the model's Service.
    boolean seen = replicas.ready() > 0;
    if (enough < wanted && seen && !afterUp && observed >= keep) {
      String enoughFor = String.format(Locale.ROOT, "%d were enough for %.0f s; ", enough, keep);
      return new Proposal(enough, Cause.LOAD_FELL, enoughFor + why, next);
    }
    int latest = next.past().right().latest();
    if (latest < wanted) {
      String kept =
          String.format(Locale.ROOT, "%d would do, %d are kept for %.0f s; ", latest, wanted, keep);
      return new Proposal(wanted, Cause.SCALE_DOWN_DELAYED, kept + why, next);
    }
    return new Proposal(wanted, Cause.STEADY, why, next);
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
    boolean above = replicas < proposal.replicas();
    return new Proposal(
        replicas,
        above ? Cause.AT_MAXIMUM : Cause.AT_MINIMUM,
        String.format(
            "%d without %s %d; %s",
            proposal.replicas(), above ? "maxReplicas" : "minReplicas", replicas, proposal.why()),
        proposal.next());
  }

  /** At most one pod waits for a node; also below minReplicas, which cannot be had then. */
  private static Proposal schedulable(Observation observation, Proposal proposal) {
    Replicas replicas = observation.replicas();
    boolean shortage = replicas.unschedulable() > 0;
    ScalingState next = shortage ? proposal.next().shortage(observation.nanos()) : proposal.next();
    OptionalLong last = next.changes().shortage();
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

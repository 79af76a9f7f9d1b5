package dev.modelyard.operator.autoscaling.policy;

import dev.modelyard.operator.autoscaling.policy.Samples.Sample;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Whether a sample can be true. */
final class SignalCheck {
  static final Duration STALE_AFTER = Duration.ofSeconds(5);

  /** Far above what any cluster serves: a broken counter, not a load. */
  private static final double ABSURD = 1e9;

  private static final double ABSURD_TOTAL = 1e15;

  private SignalCheck() {}

  /** What is wrong, as a cause to hold and words to say. */
  record Problem(Cause cause, String text) {}

  static Optional<Problem> problem(Signal signal, Samples past) {
    if (signal instanceof Signal.Missing missing) {
      return Optional.of(new Problem(Cause.SIGNAL_MISSING, missing.reason()));
    }
    Signal.Measured measured = (Signal.Measured) signal;
    return invalid(measured, past)
        .map(text -> new Problem(Cause.SIGNAL_INVALID, text))
        .or(() -> unanswered(measured))
        .or(() -> stale(measured));
  }

  private static Optional<Problem> unanswered(Signal.Measured signal) {
    return signal.asked() > 0 && signal.answered() == 0
        ? Optional.of(
            new Problem(Cause.SIGNAL_MISSING, "none of " + signal.asked() + " asked answered"))
        : Optional.empty();
  }

  private static Optional<Problem> stale(Signal.Measured signal) {
    return signal.age().compareTo(STALE_AFTER) > 0
        ? Optional.of(
            new Problem(
                Cause.SIGNAL_STALE,
                "the oldest answer is " + signal.age().toMillis() / 1000 + " s old"))
        : Optional.empty();
  }

  private static Optional<String> invalid(Signal.Measured signal, Samples past) {
    Map<String, Double> gauges =
        new TreeMap<>(
            Map.of(
                "inFlight", signal.inFlight(),
                "queued", signal.queued(),
                "held", signal.held(),
                "busy", signal.busy(),
                "asked", (double) signal.asked(),
                "answered", (double) signal.answered()));
    for (Map.Entry<String, Double> gauge : gauges.entrySet()) {
      if (!(gauge.getValue() >= 0 && gauge.getValue() <= ABSURD)) {
        return Optional.of(gauge.getKey() + " is " + gauge.getValue());
      }
    }
    Map<String, Double> totals =
        new TreeMap<>(Map.of("arrived", signal.arrived(), "completed", signal.completed()));
    for (Map.Entry<String, Double> total : totals.entrySet()) {
      if (!(total.getValue() >= 0 && total.getValue() <= ABSURD_TOTAL)) {
        return Optional.of(total.getKey() + " is " + total.getValue());
      }
    }
    if (signal.idle().isNegative() || signal.age().isNegative()) {
      return Optional.of("idle is " + signal.idle() + ", age is " + signal.age());
    }
    if (signal.answered() > signal.asked()) {
      return Optional.of(signal.answered() + " of " + signal.asked() + " answered");
    }
    return past.isEmpty() ? Optional.empty() : wentBack(signal, past.last());
  }

  private static Optional<String> wentBack(Signal.Measured signal, Sample last) {
    // A partial sample lacks what the silent ones counted.
    if (signal.partial()
        || (signal.arrived() >= last.arrived() && signal.completed() >= last.completed())) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "totals went back: arrived %.0f to %.0f, completed %.0f to %.0f",
            last.arrived(),
            signal.arrived(),
            last.completed(),
            signal.completed()));
  }
}

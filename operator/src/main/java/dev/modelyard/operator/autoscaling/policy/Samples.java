package dev.modelyard.operator.autoscaling.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * The past of one model, oldest first: totals, so that thinning out what is older loses nothing but
 * resolution. Every sample of the last {@value #FINE_SECONDS} s is kept, one in {@value
 * #COARSE_SECONDS} s up to {@value #KEPT_SECONDS} s.
 */
record Samples(List<Sample> all) {
  static final Samples NONE = new Samples(List.of());

  private static final double KEPT_SECONDS = 150;
  private static final double FINE_SECONDS = 12;
  private static final double COARSE_SECONDS = 4;
  private static final double CLOSEST_SECONDS = 0.5;

  /**
   * @param inFlight at that moment
   * @param load in flight, queued and held
   * @param work replica-seconds of work done at the target, as {@link Demand#work} counts it
   * @param readySeconds replica-seconds of Ready pods
   */
  record Sample(
      long nanos,
      double arrived,
      double completed,
      double inFlight,
      double load,
      double work,
      double readySeconds) {

    /** What happened since an earlier one. */
    Span since(Sample earlier) {
      return new Span(
          Seconds.between(earlier.nanos, nanos),
          arrived - earlier.arrived,
          completed - earlier.completed,
          inFlight - earlier.inFlight,
          work - earlier.work,
          readySeconds - earlier.readySeconds);
    }
  }

  /** What happened in a stretch of time: differences of two samples. */
  record Span(
      double seconds,
      double arrived,
      double completed,
      double inFlightGrowth,
      double work,
      double readySeconds) {}

  boolean isEmpty() {
    return all.isEmpty();
  }

  Sample last() {
    return all.get(all.size() - 1);
  }

  /**
   * With one more at the end; gauges count for the time since the last one.
   *
   * @param work replicas at work at the target
   */
  Samples with(long nanos, Signal.Measured signal, double work, int ready) {
    Sample last = isEmpty() ? new Sample(nanos, 0, 0, 0, 0, 0, 0) : last();
    double seconds = Seconds.between(last.nanos, nanos);
    Sample sample =
        new Sample(
            nanos,
            signal.arrived(),
            signal.completed(),
            signal.inFlight(),
            signal.load(),
            last.work + work * seconds,
            last.readySeconds + ready * seconds);
    List<Sample> kept = new ArrayList<>(all.size() + 1);
    for (Sample one : all) {
      double age = Seconds.between(one.nanos, nanos);
      double toFormer =
          kept.isEmpty()
              ? Double.POSITIVE_INFINITY
              : Seconds.between(kept.get(kept.size() - 1).nanos, one.nanos);
      if (age <= KEPT_SECONDS
          && toFormer >= (age > FINE_SECONDS ? COARSE_SECONDS : CLOSEST_SECONDS)) {
        kept.add(one);
      }
    }
    kept.add(sample);
    return new Samples(List.copyOf(kept));
  }

  /** The least load in the last seconds. */
  double leastLoad(double seconds) {
    return all.stream()
        .filter(sample -> Seconds.between(sample.nanos, last().nanos()) <= seconds)
        .mapToDouble(Sample::load)
        .min()
        .orElse(0);
  }

  /** The load so long ago. */
  double loadAgo(double seconds) {
    return ago(seconds).load();
  }

  /** The last stretch of at least that length, or as long as there is. */
  Span lastSeconds(double seconds) {
    return between(0, seconds);
  }

  /** The stretch from so long ago to so long ago; shorter where the past is. */
  Span between(double untilSecondsAgo, double fromSecondsAgo) {
    return ago(untilSecondsAgo).since(ago(fromSecondsAgo));
  }

  /** The newest sample that is at least so old, or the oldest. */
  private Sample ago(double seconds) {
    for (int i = all.size() - 1; i > 0; i--) {
      if (Seconds.between(all.get(i).nanos, last().nanos) >= seconds) {
        return all.get(i);
      }
    }
    return all.get(0);
  }

  @Override
  public String toString() {
    return isEmpty() ? "none" : all.size() + " up to " + last();
  }
}

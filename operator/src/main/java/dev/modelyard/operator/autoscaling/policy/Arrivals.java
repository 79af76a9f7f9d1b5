package dev.modelyard.operator.autoscaling.policy;

import dev.modelyard.operator.autoscaling.policy.Samples.Sample;
import dev.modelyard.operator.autoscaling.policy.Samples.Span;
import java.util.List;

/**
 * How many requests a second arrive, and will.
 *
 * <p>A fixed window is either late or noisy. This one fits itself: it grows back from now for as
 * long as the rate in it can be the same as in every shorter one, by the Poisson confidence
 * intervals of their counts (the intersection of confidence intervals of Goldenshluger and
 * Nemirovski 1997, which Katkovnik 1999 uses for adaptive windows; the idea of ADWIN, Bifet and
 * Gavaldà 2007, too). In a steady load it is {@value #STABLE_SECONDS} s long; a burst ends it
 * within its first sample.
 *
 * @param now requests a second
 * @param ahead requests a second when a replica that is wanted now will be Ready
 */
record Arrivals(double now, double ahead) {
  private static final double STABLE_SECONDS = 60;

  /** How many standard deviations two counts must differ by to be of two rates. */
  private static final double SIGNIFICANCE = 4;

  /** A trend is followed to so many times of what is there. */
  private static final double TREND_CAP = 4;

  private static final double TREND_SIGNIFICANCE = 1.5;
  private static final double SHORTEST_TREND_SECONDS = 5;
  private static final double LONGEST_TREND_SECONDS = 20;

  static Arrivals of(Samples samples, double coldStartSeconds) {
    double now = rate(samples);
    double trend = trend(samples, coldStartSeconds);
    return new Arrivals(now, Math.min(TREND_CAP * now, now + trend * coldStartSeconds));
  }

  private static double rate(Samples samples) {
    List<Sample> all = samples.all();
    double rate = 0;
    double atLeast = 0;
    double atMost = Double.POSITIVE_INFINITY;
    for (int i = all.size() - 2; i >= 0; i--) {
      Span span = samples.last().since(all.get(i));
      double root = Math.sqrt(span.arrived());
      double low = Math.max(0, root - SIGNIFICANCE / 2);
      double high = root + SIGNIFICANCE / 2;
      atLeast = Math.max(atLeast, low * low / span.seconds());
      atMost = Math.min(atMost, high * high / span.seconds());
      if (atLeast > atMost || (rate > 0 && span.seconds() > STABLE_SECONDS)) {
        break;
      }
      rate = span.arrived() / span.seconds();
    }
    return rate;
  }

  /**
   * Requests a second, more a second: what the rate has risen by in two neighbouring stretches, the
   * lesser of the two, so that one step is no trend. Falling is left to the delay.
   */
  private static double trend(Samples samples, double coldStartSeconds) {
    double length =
        Math.max(SHORTEST_TREND_SECONDS, Math.min(LONGEST_TREND_SECONDS, coldStartSeconds / 2));
    Span newest = samples.between(0, length);
    Span middle = samples.between(length, 2 * length);
    Span oldest = samples.between(2 * length, 3 * length);
    if (oldest.seconds() < length / 2) {
      return 0;
    }
    return Math.max(0, Math.min(rise(middle, newest), rise(oldest, middle))) / length;
  }

  private static double rise(Span before, Span after) {
    double was = before.arrived() / before.seconds();
    double is = after.arrived() / after.seconds();
    double deviation = Math.sqrt(was / before.seconds() + is / after.seconds());
    return is - was > TREND_SIGNIFICANCE * deviation ? is - was : 0;
  }
}

package dev.modelyard.e2e.support;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A histogram without labels, from what Prometheus reads. */
public final class Histogram {
  /** How many were at most so large, by the upper bound. */
  private final SortedMap<Double, Double> buckets;

  private Histogram(SortedMap<Double, Double> buckets) {
    this.buckets = buckets;
  }

  /**
   * @param metrics in Prometheus' text format
   * @throws IllegalStateException where they have no such histogram
   */
  public static Histogram of(String metrics, String name) {
    SortedMap<Double, Double> buckets = new TreeMap<>();
    Matcher bucket =
        Pattern.compile("^" + name + "_bucket\\{le=\"([^\"]+)\",?\\} (\\S+)$", Pattern.MULTILINE)
            .matcher(metrics);
    while (bucket.find()) {
      double bound =
          bucket.group(1).equals("+Inf")
              ? Double.POSITIVE_INFINITY
              : Double.parseDouble(bucket.group(1));
      buckets.put(bound, Double.parseDouble(bucket.group(2)));
    }
    if (buckets.isEmpty()) {
      throw new IllegalStateException("no histogram " + name + " in\n" + metrics);
    }
    return new Histogram(buckets);
  }

  /** What was counted since an earlier one of the same process. */
  public Histogram since(Histogram earlier) {
    SortedMap<Double, Double> grown = new TreeMap<>();
    buckets.forEach((bound, count) -> grown.put(bound, count - earlier.buckets.get(bound)));
    return new Histogram(grown);
  }

  public double count() {
    return buckets.get(buckets.lastKey());
  }

  /** The least upper bound that so large a part is at or below. */
  public double quantile(double part) {
    return buckets.entrySet().stream()
        .filter(bucket -> bucket.getValue() >= part * count())
        .mapToDouble(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }
}

package dev.modelyard.operator.autoscaling.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * How many replicas were right, over the scale-down delay; of the past, only what is above all that
 * came after it is kept, so that it stays short.
 */
record Recommendations(List<Recommendation> all) {
  static final Recommendations NONE = new Recommendations(List.of());

  record Recommendation(long nanos, int replicas) {}

  Recommendations with(long nanos, int replicas, double keptSeconds) {
    List<Recommendation> kept = new ArrayList<>(all.size() + 1);
    for (Recommendation one : all) {
      if (one.replicas > replicas && Seconds.between(one.nanos, nanos) < keptSeconds) {
        kept.add(one);
      }
    }
    kept.add(new Recommendation(nanos, replicas));
    return new Recommendations(List.copyOf(kept));
  }

  /** The most that was right; there must be one. */
  int highest() {
    return all.get(0).replicas;
  }

  int latest() {
    return all.get(all.size() - 1).replicas;
  }
}

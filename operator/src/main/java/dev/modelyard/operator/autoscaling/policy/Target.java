package dev.modelyard.operator.autoscaling.policy;

import java.time.Duration;
import java.util.Locale;

/** What one replica should carry. */
public sealed interface Target {
  /**
   * @param perReplica requests in flight, queued and held, a replica; above 0
   */
  record InFlight(double perReplica) implements Target {
    public InFlight {
      positive(perReplica, "perReplica");
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%.4g in flight a replica", perReplica);
    }
  }

  /**
   * @param perSecond requests a second and replica; above 0
   */
  record Rate(double perSecond) implements Target {
    public Rate {
      positive(perSecond, "perSecond");
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%.4g requests/s a replica", perSecond);
    }
  }

  /**
   * @param average how long a request waits, queued or held, before it is computed; above 0
   */
  record QueueTime(Duration average) implements Target {
    public QueueTime {
      positive(Seconds.of(average), "average");
    }

    @Override
    public String toString() {
      return average.toMillis() + " ms in the queue";
    }
  }

  private static void positive(double value, String name) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " must be above 0: " + value);
    }
  }
}

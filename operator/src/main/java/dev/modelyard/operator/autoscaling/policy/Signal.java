package dev.modelyard.operator.autoscaling.policy;

import java.time.Duration;

/** The load as it was sampled, as it came: whether it can be true is judged by the policy. */
public sealed interface Signal {
  /** All that should have answered did not, or were not asked. */
  record Missing(String reason) implements Signal {}

  /**
   * Sums over the pods and gateways that answered. An answer that is missing this time may be
   * filled with the same pod's former one; {@code age} then says so.
   *
   * @param inFlight requests being computed
   * @param queued requests waiting in pods
   * @param held requests waiting at gateways for want of a Ready pod
   * @param arrived requests that reached pods or were held, since any fixed moment: a total that
   *     the caller keeps from the pods' counters, so that a pod that restarts or goes takes nothing
   *     away
   * @param completed requests that were answered, failed or not, likewise
   * @param busy pods with at least one request in flight; of one that is busy for a part of the
   *     time that part
   * @param idle how long no request has been there: the least of the pods' own monotonic counts;
   *     zero while anything is in flight, queued or held
   * @param asked pods and gateways that should have answered
   * @param answered how many did; fewer than asked make the sample partial: its sums are at least
   *     so high
   * @param age of the oldest answer in it
   */
  record Measured(
      double inFlight,
      double queued,
      double held,
      double arrived,
      double completed,
      double busy,
      Duration idle,
      int asked,
      int answered,
      Duration age)
      implements Signal {

    double waiting() {
      return queued + held;
    }

    double load() {
      return inFlight + queued + held;
    }

    boolean partial() {
      return answered < asked;
    }
  }
}

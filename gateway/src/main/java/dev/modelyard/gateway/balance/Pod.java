package dev.modelyard.gateway.balance;

import dev.modelyard.gateway.routing.Endpoint;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What this gateway knows of one pod from asking it. Times are of {@link System#nanoTime}. Any
 * thread may call; two that fail at the same moment may count as one failure.
 */
public final class Pod {
  /** Answers that broke off, in a row, before a pod is left out. */
  static final int BROKEN_OFF = 3;

  static final Duration FIRST_EJECTION = Duration.ofMillis(500);
  static final Duration LONGEST_EJECTION = Duration.ofSeconds(30);
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final Endpoint endpoint;
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile int failures;
  private volatile int ejections;
  private volatile long ejectedUntil;
  private volatile long pausedUntil;

  /** Whether the times above mean anything: nanoTime may be any number. */
  private volatile boolean ejected;

  private volatile boolean paused;

  public Pod(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  public Endpoint endpoint() {
    return endpoint;
  }

  public int inFlight() {
    return inFlight.get();
  }

  /** A request is sent to it. */
  public void begin() {
    inFlight.incrementAndGet();
  }

  /** That request is over, whatever came of it. */
  public void end() {
    inFlight.decrementAndGet();
  }

  /** It began to answer. */
  public void answered() {
    if (failures != 0) {
      failures = 0;
    }
    if (ejections != 0) {
      ejections = 0;
      ejected = false;
    }
  }

  /**
   * No connection could be made: nobody is there.
   *
   * @return whether the pod is left out now and was not before
   */
  public boolean unreachable(long now) {
    return eject(now);
  }

  /**
   * It closed the connection before or in the middle of its answer.
   *
   * @return whether the pod is left out now and was not before
   */
  public boolean brokeOff(long now) {
    int count = failures + 1;
    failures = count;
    return count >= BROKEN_OFF && eject(now);
  }

  /** It asked for a pause. */
  public void pause(Duration pause, long now) {
    long nanos = Math.min(pause.toNanos(), LONGEST_PAUSE.toNanos());
    pausedUntil = now + nanos;
    paused = true;
  }

  boolean isEjected(long now) {
    return ejected && ejectedUntil - now > 0;
  }

  boolean isPaused(long now) {
    if (paused && pausedUntil - now <= 0) {
      paused = false;
    }
    return paused;
  }

  /** Each time in a row twice as long. Those that were on their way meanwhile count once. */
  private boolean eject(long now) {
    if (isEjected(now)) {
      return false;
    }
    long nanos =
        Math.min(FIRST_EJECTION.toNanos() << Math.min(ejections, 10), LONGEST_EJECTION.toNanos());
    ejections++;
    ejectedUntil = now + nanos;
    ejected = true;
    return true;
  }
}

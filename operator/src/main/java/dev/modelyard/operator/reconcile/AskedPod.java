package dev.modelyard.operator.reconcile;

import dev.modelyard.operator.status.BatchingEnded;
import dev.modelyard.operator.status.RuntimeStatus;
import java.net.URI;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** One pod that is asked for its status: when next, and what it last said. */
final class AskedPod {
  private static final long MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(900);
  private static final int PATIENCE = 60;
  private static final long RARELY_NANOS = TimeUnit.SECONDS.toNanos(15);

  /** A Ready pod has said all but whether the runtime has ended batching. */
  private static final long ONCE_READY_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** Progress of so much of the whole is news; each byte would be a write each second. */
  private static final int STEPS = 50;

  final URI uri;
  final AtomicBoolean asking = new AtomicBoolean();
  volatile boolean ready;
  volatile RuntimeStatus answer;
  private volatile boolean answeredReady;
  private volatile int failures;
  private volatile long nextNanos;

  AskedPod(URI uri) {
    this.uri = uri;
    this.nextNanos = System.nanoTime();
  }

  /** Whether the kubelet takes the pod for Ready. */
  void ready(boolean now) {
    if (now != ready) {
      ready = now;
      answeredReady = false;
      nextNanos = System.nanoTime();
    }
  }

  boolean isDue(long nowNanos) {
    return !(ready && answeredReady && !batches()) && nowNanos - nextNanos >= 0;
  }

  /** Returns whether the answer says something new. */
  synchronized boolean answered(RuntimeStatus now, boolean wasReady) {
    failures = 0;
    answeredReady = wasReady && "READY".equals(now.state());
    nextNanos = System.nanoTime() + (answeredReady ? ONCE_READY_NANOS : MIN_NANOS);
    RuntimeStatus before = answer;
    if (before != null && !isNews(before, now)) {
      return false;
    }
    answer = now;
    return true;
  }

  /** A pod that has not answered for long is asked rarely. Its last answer stays. */
  synchronized boolean failed() {
    failures++;
    nextNanos = System.nanoTime() + (failures > PATIENCE ? RARELY_NANOS : MIN_NANOS);
    return false;
  }

  private boolean batches() {
    RuntimeStatus last = answer;
    return last != null && last.model() != null && BatchingEnded.batches(last.model().batching());
  }

  private static boolean isNews(RuntimeStatus before, RuntimeStatus now) {
    return !Objects.equals(before.state(), now.state())
        || !Objects.equals(before.model(), now.model())
        || !Objects.equals(before.timings(), now.timings())
        || !Objects.equals(before.failure(), now.failure())
        || step(before.progress()) != step(now.progress());
  }

  private static long step(RuntimeStatus.Progress progress) {
    if (progress == null || progress.done() == null) {
      return -1;
    }
    long unit =
        progress.total() == null || progress.total() < STEPS ? 64L << 20 : progress.total() / STEPS;
    return progress.done() / unit;
  }
}

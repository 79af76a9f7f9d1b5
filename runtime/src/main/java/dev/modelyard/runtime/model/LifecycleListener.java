package dev.modelyard.runtime.model;

import java.time.Duration;

/** Told when a phase of the start has ended, on the thread that loads. */
public interface LifecycleListener {
  void finished(Phase phase, Duration took);
}

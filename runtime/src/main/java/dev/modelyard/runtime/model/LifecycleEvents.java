package dev.modelyard.runtime.model;

import dev.modelyard.runtime.config.RuntimeConfig;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import sun.misc.Signal;

/**
 * Ties the lifecycle to the process. The signal is handled here and not by Quarkus, which closes
 * the HTTP server before it tells the application that it stops, and exits with 143.
 */
@Singleton
class LifecycleEvents {
  private final ModelLifecycle lifecycle;
  private final Shutdown shutdown;

  LifecycleEvents(ModelLifecycle lifecycle, RuntimeConfig config, ProcessExit exit) {
    this.lifecycle = lifecycle;
    this.shutdown = new Shutdown(lifecycle, config.shutdown(), exit);
  }

  void start(@Observes StartupEvent event) {
    if (LaunchMode.current() == LaunchMode.NORMAL) {
      for (String name : new String[] {"TERM", "INT"}) {
        Signal.handle(new Signal(name), signal -> new Thread(shutdown::run, "shutdown").start());
      }
    }
    lifecycle.start();
  }

  /** Where a test or dev mode stops the application: there is nobody to wait for. */
  void stop(@Observes ShutdownEvent event) {
    if (LaunchMode.current() != LaunchMode.NORMAL && lifecycle.beginDraining()) {
      lifecycle.drain(Duration.ZERO);
    }
  }
}

package dev.modelyard.operator.config;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import sun.misc.Signal;

/** Being told to stop is no failure: the process ends with 0, where the JVM's own way is 143. */
@Singleton
class TerminationSignal {
  void handle(@Observes StartupEvent event) {
    if (LaunchMode.current() == LaunchMode.NORMAL) {
      Signal.handle(new Signal("TERM"), signal -> Quarkus.asyncExit(0));
    }
  }
}

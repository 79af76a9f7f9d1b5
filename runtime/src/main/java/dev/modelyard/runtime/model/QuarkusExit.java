package dev.modelyard.runtime.model;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Quarkus;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Stops Quarkus and ends the process, also where stopping gets stuck. */
@Singleton
class QuarkusExit implements ProcessExit {
  private static final Logger LOG = Logger.getLogger(QuarkusExit.class);
  private static final Duration STUCK = Duration.ofSeconds(10);

  @Override
  public void exit(int code) {
    if (LaunchMode.current() != LaunchMode.NORMAL) {
      LOG.infof("would exit with code %d; the process belongs to %s", code, LaunchMode.current());
      return;
    }
    Thread last = new Thread(() -> halt(code), "modelyard-exit");
    last.setDaemon(true);
    last.start();
    Quarkus.asyncExit(code);
  }

  private static void halt(int code) {
    try {
      Thread.sleep(STUCK.toMillis());
    } catch (InterruptedException e) {
      LOG.debug("interrupted while the process ends", e);
    }
    Runtime.getRuntime().halt(code);
  }
}

package dev.modelyard.runtime.model;

import dev.modelyard.runtime.config.RuntimeConfig;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * What happens after SIGTERM, all of it before Quarkus begins to stop: not ready at once; new
 * requests are served for the delay, until every proxy has forgotten this pod; then what is in
 * flight and queued is finished; then exit code 0.
 */
final class Shutdown {
  private static final Logger LOG = Logger.getLogger(Shutdown.class);

  /** Kept of the grace period for Quarkus to stop and the JVM to end. */
  private static final Duration RESERVE = Duration.ofSeconds(2);

  private final ModelLifecycle lifecycle;
  private final RuntimeConfig.Shutdown config;
  private final ProcessExit exit;
  private final AtomicBoolean begun = new AtomicBoolean();

  Shutdown(ModelLifecycle lifecycle, RuntimeConfig.Shutdown config, ProcessExit exit) {
    this.lifecycle = lifecycle;
    this.config = config;
    this.exit = exit;
  }

  /** Blocks until the requests are finished; later calls return at once. */
  void run() {
    if (!begun.compareAndSet(false, true)) {
      return;
    }
    try {
      if (lifecycle.beginDraining()) {
        LOG.infof("asked to stop: serving for %s more, then finishing", config.delay());
        Thread.sleep(config.delay().toMillis());
        finish();
      } else {
        LOG.info("asked to stop before the model was ready");
      }
    } catch (InterruptedException e) {
      LOG.warn("interrupted while requests were being finished", e);
    } finally {
      exit.exit(0);
    }
  }

  private void finish() {
    Duration left = config.grace().minus(config.delay()).minus(RESERVE);
    Duration atMost = left.isNegative() ? Duration.ZERO : left;
    if (lifecycle.drain(atMost)) {
      LOG.info("all requests are finished");
    } else {
      LOG.warnf("requests were left unfinished after %s", atMost);
    }
  }
}

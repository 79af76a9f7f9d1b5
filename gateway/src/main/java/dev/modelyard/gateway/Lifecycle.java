package dev.modelyard.gateway;

import dev.modelyard.gateway.config.GatewaySettings;
import dev.modelyard.gateway.dispatch.Models;
import dev.modelyard.gateway.keys.KeyFile;
import dev.modelyard.gateway.proxy.GatewayServer;
import dev.modelyard.gateway.proxy.Traffic;
import dev.modelyard.gateway.watch.ClusterWatch;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import sun.misc.Signal;

/**
 * Start and end. After SIGTERM: not ready at once; new requests are served for the delay, until
 * every proxy has forgotten this gateway; then what is under way and held is finished; then exit
 * code 0.
 */
@Singleton
public class Lifecycle {
  private static final Logger LOG = Logger.getLogger(Lifecycle.class);

  /** Kept of the grace period for Quarkus to stop and the JVM to end. */
  private static final Duration RESERVE = Duration.ofSeconds(2);

  /** What is held gives up before the end, so that its answer still goes out. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration WATCHES_LOOK = Duration.ofSeconds(2);

  private final GatewaySettings settings;
  private final ClusterWatch watch;
  private final GatewayServer server;
  private final Traffic traffic;
  private final Models models;
  private final KeyFile keys;
  private final Vertx vertx;
  private final AtomicBoolean stopping = new AtomicBoolean();

  Lifecycle(
      GatewaySettings settings,
      ClusterWatch watch,
      GatewayServer server,
      Traffic traffic,
      Models models,
      KeyFile keys,
      Vertx vertx) {
    this.settings = settings;
    this.watch = watch;
    this.server = server;
    this.traffic = traffic;
    this.models = models;
    this.keys = keys;
    this.vertx = vertx;
  }

  void start(@Observes StartupEvent event) throws Exception {
    if (LaunchMode.current() == LaunchMode.NORMAL) {
      Signal.handle(
          new Signal("TERM"), signal -> new Thread(this::terminate, "termination").start());
    }
    watch.start();
    vertx.setPeriodic(
        LOOK.toMillis(),
        timer -> {
          if (watch.hasSynced()) {
            models.complete();
            vertx.cancelTimer(timer);
          }
        });
    vertx.setPeriodic(WATCHES_LOOK.toMillis(), timer -> watch.tell());
    vertx.setPeriodic(
        settings.keysReload().toMillis(),
        timer ->
            vertx.executeBlocking(
                () -> {
                  keys.reload();
                  return null;
                }));
    server
        .start()
        .toCompletionStage()
        .toCompletableFuture()
        .get(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    LOG.infof(
        "Taking requests on port %d with %d event loops",
        server.port(), settings.listen().eventLoops());
  }

  /** Whether the cluster was seen once; from then on requests are routed, whatever comes. */
  public boolean hasStarted() {
    return models.isComplete();
  }

  public boolean isStopping() {
    return stopping.get();
  }

  private void terminate() {
    if (!stopping.compareAndSet(false, true)) {
      return;
    }
    try {
      finish();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Quarkus.asyncExit(0);
    }
  }

  private void finish() throws InterruptedException {
    Duration delay = settings.shutdown().delay();
    LOG.infof("Asked to stop: serving for %s more, then finishing", delay);
    long end = System.nanoTime() + settings.shutdown().grace().minus(RESERVE).toNanos();
    traffic.close();
    Thread.sleep(delay.toMillis());
    if (isIdleBy(end - LAST_WORDS.toNanos())) {
      LOG.info("All requests are finished");
      return;
    }
    models.giveUpAll();
    if (!isIdleBy(end)) {
      LOG.warnf("%d requests were left unfinished", traffic.underWay());
    }
  }

  private boolean isIdleBy(long end) throws InterruptedException {
    while (traffic.underWay() > 0) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      Thread.sleep(LOOK.toMillis());
    }
    return true;
  }

  void stop(@Observes ShutdownEvent event) throws Exception {
    watch.close();
    server
        .stop()
        .toCompletionStage()
        .toCompletableFuture()
        .get(RESERVE.toMillis(), TimeUnit.MILLISECONDS);
  }
}

package dev.modelyard.runtime.model;

import dev.modelyard.runtime.config.RuntimeConfig;
import dev.modelyard.runtime.inference.InferenceService;
import dev.modelyard.runtime.inference.LoadedModel;
import dev.modelyard.runtime.inference.ModelEngine;
import dev.modelyard.runtime.model.digest.ModelDigest;
import io.quarkus.arc.All;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Brings the one model of this process from its uri to serving, on a thread of its own, so that
 * probes and {@code /status} answer meanwhile. Whatever fails on the way ends the process with exit
 * code 1 after a line in the termination log.
 */
@Singleton
public class ModelLifecycle {
  private static final Logger LOG = Logger.getLogger(ModelLifecycle.class);

  private final RuntimeConfig config;
  private final Supplier<ModelEngine> engine;
  private final Supplier<InferenceService> inference;
  private final Vertx vertx;
  private final List<LifecycleListener> listeners;
  private final ProcessExit exit;
  private final StatusBoard board;
  private final ScheduledExecutorService watchdog =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "modelyard-load-timeout"));
  private volatile Thread loader;
  private volatile LoadedModel loaded;

  /** The engine is an {@link Instance} so that no native library is touched for a bad download. */
  @Inject
  ModelLifecycle(
      RuntimeConfig config,
      Instance<ModelEngine> engine,
      Instance<InferenceService> inference,
      Vertx vertx,
      @All List<LifecycleListener> listeners,
      ProcessExit exit) {
    this(config, engine::get, inference::get, vertx, listeners, exit);
  }

  ModelLifecycle(
      RuntimeConfig config,
      Supplier<ModelEngine> engine,
      Supplier<InferenceService> inference,
      Vertx vertx,
      List<LifecycleListener> listeners,
      ProcessExit exit) {
    this.config = config;
    this.engine = engine;
    this.inference = inference;
    this.vertx = vertx;
    this.listeners = listeners;
    this.exit = exit;
    this.board = new StatusBoard(config.model());
  }

  /** Returns at once. To be called once. */
  void start() {
    Duration timeout = config.model().loadTimeout();
    watchdog.schedule(() -> timedOut(timeout), timeout.toMillis(), TimeUnit.MILLISECONDS);
    loader = daemon(this::load, "modelyard-load");
    loader.start();
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  private void load() {
    try {
      long start = System.nanoTime();
      ModelFiles files = new ModelFiles(config, vertx);
      LOG.infof(
          "model %s, revision %s, from %s",
          config.model().name(), config.model().revision(), files.uri().display());
      Path model = files.prepare(new Preparation());
      board.enter(ModelState.LOADING);
      loaded = timed(Phase.LOAD, () -> engine.get().load(model));
      board.loaded(loaded.engine(), loaded.device());
      board.enter(ModelState.WARMING_UP);
      timed(
          Phase.WARM_UP,
          () -> {
            inference.get().start(loaded);
            return null;
          });
      board.enter(ModelState.READY);
      watchdog.shutdownNow();
      LOG.infof(
          "ready after %d ms: engine %s on %s",
          millisSince(start), loaded.engine(), loaded.device());
    } catch (InterruptedException e) {
      // By shutdown or by the watchdog, which has said why.
      LOG.debug("loading was interrupted", e);
    } catch (Throwable e) {
      fail(Failures.of(e, board.status().state()), e);
    }
  }

  private <T> T timed(Phase phase, Callable<T> work) throws Exception {
    long start = System.nanoTime();
    T result = work.call();
    finished(phase, Duration.ofNanos(System.nanoTime() - start));
    return result;
  }

  private void finished(Phase phase, Duration took) {
    board.timed(phase, took);
    listeners.forEach(listener -> listener.finished(phase, took));
  }

  private static long millisSince(long start) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }

  private void timedOut(Duration timeout) {
    String message =
        "not ready "
            + timeout
            + " after the start; it was "
            + board.describe()
            + "; raise the model's loadTimeout if it needs longer";
    fail(new ModelFailure(FailureReason.LoadTimeout, message), null);
  }

  /** The first failure counts; after shutdown has begun, none does. */
  private void fail(ModelFailure failure, Throwable cause) {
    if (!board.fail(failure)) {
      LOG.debug("loading ended after the outcome was decided", cause);
      return;
    }
    // A stack only where the message is not ours.
    boolean explained =
        cause == null
            || cause instanceof ModelFailure
            || failure.reason() == FailureReason.OutOfMemory;
    LOG.errorf(explained ? null : cause, "%s", TerminationLog.line(failure).strip());
    LOG.debug("the failure's stack", cause);
    try {
      new TerminationLog(config.terminationLog()).write(failure);
    } catch (IOException e) {
      LOG.warnf("the termination log %s cannot be written: %s", config.terminationLog(), e);
    }
    stopLoading();
    exit.exit(1);
  }

  private void stopLoading() {
    watchdog.shutdownNow();
    Thread thread = loader;
    if (thread != null && thread != Thread.currentThread()) {
      thread.interrupt();
    }
  }

  /**
   * Not ready from now on. A model that is still being loaded is given up; what has been downloaded
   * of it stays in the cache.
   *
   * @return whether it was serving, so that there may be requests to finish
   */
  boolean beginDraining() {
    ModelState before = board.drain();
    if (before.loading()) {
      stopLoading();
    }
    boolean serving = before == ModelState.READY;
    if (serving) {
      // Clients that keep a connection must leave this pod before it stops answering.
      inference.get().closing();
    }
    return serving;
  }

  /** After {@link #beginDraining}: finishes the requests, then frees the model. */
  boolean drain(Duration atMost) {
    boolean finished = inference.get().drain(atMost);
    LoadedModel model = loaded;
    // A worker that is still computing would crash on a model that is gone.
    if (finished && model != null) {
      model.close();
    }
    return finished;
  }

  public ModelStatus status() {
    return board.status();
  }

  /** READY was reached once. */
  public boolean started() {
    return board.started();
  }

  public boolean ready() {
    return board.status().state() == ModelState.READY;
  }

  /** Shutdown has begun: requests are still served, but connections shall not be kept. */
  public boolean draining() {
    return board.status().state() == ModelState.DRAINING;
  }

  /** Bytes received over the network by this process. */
  public long downloadedBytes() {
    return board.downloadedBytes();
  }

  /** What the preparation of the files tells, as states, timings and log lines. */
  private final class Preparation implements ModelFiles.Listener {
    private static final long LOG_EVERY = TimeUnit.SECONDS.toNanos(10);

    private long began;
    private long logged;

    @Override
    public void downloading() {
      board.enter(ModelState.DOWNLOADING);
      began = System.nanoTime();
      logged = began;
    }

    @Override
    public void received(int received, long done, long total) {
      board.progress(received, done, total);
      long now = System.nanoTime();
      if (now - logged >= LOG_EVERY) {
        logged = now;
        LOG.infof("downloading: %s", StatusBoard.describe(done, total));
      }
    }

    @Override
    public void retrying(String why) {
      board.trouble(why);
      LOG.warnf("the download broke off: %s", why);
    }

    @Override
    public void verifying() {
      if (board.status().state() == ModelState.DOWNLOADING) {
        finished(Phase.DOWNLOAD, Duration.ofNanos(System.nanoTime() - began));
      }
      board.enter(ModelState.VERIFYING);
    }

    @Override
    public void verified(ModelDigest digest) {
      board.files(digest.value(), digest.sizeBytes());
      LOG.infof("%d bytes, %s", digest.sizeBytes(), digest.value());
    }
  }
}

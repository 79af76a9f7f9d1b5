package dev.modelyard.runtime.model;

import dev.modelyard.runtime.config.RuntimeConfig;
import dev.modelyard.runtime.model.source.ModelUri;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The one place that holds the state, and the only one that changes it. */
final class StatusBoard {
  private final String revision;
  private final String uri;
  private final Map<Phase, Duration> timings = new EnumMap<>(Phase.class);
  private ModelState state = ModelState.STARTING;
  private boolean started;
  private ModelStatus.Files files;
  private ModelStatus.Loaded loaded;
  private ModelStatus.Progress progress;
  private String trouble;
  private ModelFailure failure;
  private long downloadedBytes;

  StatusBoard(RuntimeConfig.Model model) {
    this.revision = model.revision();
    this.uri = display(model.uri());
  }

  private static String display(String uri) {
    try {
      return ModelUri.parse(uri).display();
    } catch (ModelFailure e) {
      // The load will fail with the reason; what cannot be parsed may hold a credential.
      return "(not valid)";
    }
  }

  /**
   * @throws IllegalStateException where failure or shutdown came first
   */
  synchronized void enter(ModelState next) {
    if (!state.loading()) {
      throw new IllegalStateException("cannot become " + next + ": it is " + state);
    }
    state = next;
    started |= next == ModelState.READY;
    progress = null;
    trouble = null;
  }

  /**
   * @return false where the outcome was decided already
   */
  synchronized boolean fail(ModelFailure why) {
    if (!state.loading()) {
      return false;
    }
    state = ModelState.FAILED;
    failure = why;
    progress = null;
    return true;
  }

  /**
   * @return the state before
   */
  synchronized ModelState drain() {
    ModelState before = state;
    if (before != ModelState.FAILED) {
      state = ModelState.DRAINING;
      progress = null;
    }
    return before;
  }

  synchronized void progress(int received, long done, long total) {
    downloadedBytes += received;
    if (state == ModelState.DOWNLOADING) {
      progress = new ModelStatus.Progress(done, total);
      if (received > 0) {
        trouble = null;
      }
    }
  }

  synchronized void trouble(String what) {
    trouble = what;
  }

  synchronized void files(String digest, long sizeBytes) {
    files = new ModelStatus.Files(digest, sizeBytes);
  }

  synchronized void loaded(String engine, String device) {
    loaded = new ModelStatus.Loaded(engine, device);
  }

  synchronized void timed(Phase phase, Duration took) {
    timings.put(phase, took);
  }

  synchronized boolean started() {
    return started;
  }

  synchronized long downloadedBytes() {
    return downloadedBytes;
  }

  synchronized ModelStatus status() {
    return new ModelStatus(
        state,
        revision,
        uri,
        Optional.ofNullable(files),
        Optional.ofNullable(loaded),
        Optional.ofNullable(progress),
        Map.copyOf(timings),
        Optional.ofNullable(failure));
  }

  /** For the message of a timeout: where it got to, and what was in the way. */
  synchronized String describe() {
    StringBuilder text = new StringBuilder(state.name());
    if (progress != null) {
      text.append(", ").append(describe(progress.done(), progress.total()));
    }
    if (trouble != null) {
      text.append(", after ").append(trouble);
    }
    return text.toString();
  }

  static String describe(long done, long total) {
    return total < 0
        ? done + " bytes so far"
        : done + " of " + total + " bytes (" + (total == 0 ? 100 : 100 * done / total) + " %)";
  }
}

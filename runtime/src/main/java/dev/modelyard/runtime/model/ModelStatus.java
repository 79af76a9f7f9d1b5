package dev.modelyard.runtime.model;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of the model at one moment.
 *
 * @param uri without credentials and query
 * @param digest known once the files have been read
 * @param loaded known once the engine has the model
 * @param progress of the download, while there is one
 * @param timings of the phases that have ended
 */
public record ModelStatus(
    ModelState state,
    String revision,
    String uri,
    Optional<Files> digest,
    Optional<Loaded> loaded,
    Optional<Progress> progress,
    Map<Phase, Duration> timings,
    Optional<ModelFailure> failure) {

  /**
   * @param digest {@code sha256:…}
   */
  public record Files(String digest, long sizeBytes) {}

  public record Loaded(String engine, String device) {}

  /**
   * @param done bytes
   * @param total bytes; -1 where it is not known
   */
  public record Progress(long done, long total) {}
}

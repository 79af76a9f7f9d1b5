package dev.modelyard.runtime.inference;

import dev.modelyard.runtime.model.ModelFailure;
import java.nio.file.Path;

/** Loads a verified model from disk. */
public interface ModelEngine {
  /**
   * @param model a file, or the folder that an archive was unpacked to
   * @throws ModelFailure {@code ModelLoadFailed} with the engine's own words, {@code
   *     InvalidConfiguration} where engine or task are unknown here
   */
  LoadedModel load(Path model) throws ModelFailure;
}

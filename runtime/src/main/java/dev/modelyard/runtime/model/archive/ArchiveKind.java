package dev.modelyard.runtime.model.archive;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** The archives that are unpacked, told apart by the file's name. */
public enum ArchiveKind {
  ZIP,
  TAR_GZ;

  /** Empty where the file is a model as it is. */
  public static Optional<ArchiveKind> of(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".zip")) {
      return Optional.of(ZIP);
    }
    if (name.endsWith(".tar.gz") || name.endsWith(".tgz")) {
      return Optional.of(TAR_GZ);
    }
    return Optional.empty();
  }
}

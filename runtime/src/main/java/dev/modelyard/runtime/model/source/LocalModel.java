package dev.modelyard.runtime.model.source;

import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.stream.Stream;

/** Models that are on disk already; they are used in place, never copied. */
public final class LocalModel {
  private LocalModel() {}

  /**
   * @throws ModelFailure {@code SourceNotFound}, or {@code SourceForbidden} where the process may
   *     not read it
   */
  public static Path file(ModelUri.LocalFile uri) {
    return readable(uri.path(), uri.display());
  }

  /**
   * @param mount where the claim is mounted
   * @throws ModelFailure as {@link #file}, and {@code SourceForbidden} where the path, or a file
   *     below it, leads out of the mount through a link
   */
  public static Path volume(ModelUri.Volume uri, Path mount) {
    Path model = readable(mount.resolve(uri.path()), uri.display());
    try {
      Path root = mount.toRealPath();
      // Links are followed as the digest and the engine follow them, and each must stay inside.
      try (Stream<Path> files = Files.walk(model, FileVisitOption.FOLLOW_LINKS)) {
        for (Iterator<Path> each = files.iterator(); each.hasNext(); ) {
          Path file = each.next();
          if (!file.toRealPath().startsWith(root)) {
            throw new ModelFailure(
                FailureReason.SourceForbidden,
                uri.display() + ": " + file.getFileName() + " is a link that leaves the claim");
          }
        }
      }
      return model;
    } catch (IOException | UncheckedIOException e) {
      throw new ModelFailure(
          FailureReason.SourceUnavailable, uri.display() + " cannot be read: " + e, e);
    }
  }

  private static Path readable(Path path, String display) {
    if (!Files.exists(path)) {
      throw new ModelFailure(
          FailureReason.SourceNotFound, display + ": there is no file or folder " + path);
    }
    if (!Files.isReadable(path)) {
      throw new ModelFailure(
          FailureReason.SourceForbidden,
          display + ": " + path + " may not be read by the runtime's user; check its permissions");
    }
    return path;
  }
}

package dev.modelyard.e2e.pods;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;

/** What a shell would do on a volume, in an image that has none. */
public final class VolumeFiles {
  private VolumeFiles() {}

  /**
   * @param arguments {@code open FOLDER} makes a folder that every user may write to; {@code copy
   *     FROM TO} copies files, with slashes for the {@code --} in their names; {@code remove
   *     FOLDER} removes it with all that is in it
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[1]);
    switch (arguments[0]) {
      case "open" -> {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
      }
      case "copy" -> copy(folder, Path.of(arguments[2]));
      case "remove" -> remove(folder);
      default -> throw new IllegalArgumentException(arguments[0] + " is not open, copy or remove");
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(file.getFileName().toString().replace("--", "/"));
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    List<Path> all;
    try (var files = Files.walk(folder)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.delete(file);
    }
  }
}

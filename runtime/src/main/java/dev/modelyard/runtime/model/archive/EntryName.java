package dev.modelyard.runtime.model.archive;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Says where an entry goes, and refuses names that could lead elsewhere. */
final class EntryName {
  private static final int LONGEST_PATH = 1024;
  private static final int LONGEST_SEGMENT = 255;

  private EntryName() {}

  /**
   * @param name as the archive has it, with {@code /} between the segments
   * @return a path below {@code root}; {@code root} itself for an entry such as {@code ./}
   */
  static Path resolve(Path root, String name) throws ArchiveProblem {
    if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
      throw new ArchiveProblem(name, "its name is empty or longer than " + LONGEST_PATH + " bytes");
    }
    if (name.chars().anyMatch(c -> c == '\\' || Character.isISOControl(c))) {
      throw new ArchiveProblem(name, "its name contains a backslash or a control character");
    }
    if (name.startsWith("/") || name.matches("[A-Za-z]:.*")) {
      throw new ArchiveProblem(name, "its name is an absolute path");
    }
    Path path = root;
    for (String segment : name.split("/")) {
      if (segment.equals("..")) {
        throw new ArchiveProblem(name, "its name leads out of the archive");
      }
      if (segment.getBytes(StandardCharsets.UTF_8).length > LONGEST_SEGMENT) {
        throw new ArchiveProblem(
            name, "a part of its name is longer than " + LONGEST_SEGMENT + " bytes");
      }
      if (!segment.isEmpty() && !segment.equals(".")) {
        path = path.resolve(segment);
      }
    }
    return path;
  }
}

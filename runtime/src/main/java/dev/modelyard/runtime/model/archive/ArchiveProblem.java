package dev.modelyard.runtime.model.archive;

import java.io.IOException;

/** What is wrong with an archive, and with which of its entries. */
final class ArchiveProblem extends IOException {
  private static final int SHOWN = 200;

  ArchiveProblem(String entry, String problem) {
    super("entry '" + shown(entry) + "': " + problem);
  }

  ArchiveProblem(String problem) {
    super(problem);
  }

  private static String shown(String entry) {
    String printable = entry.replaceAll("\\p{Cntrl}", "?");
    return printable.length() <= SHOWN ? printable : printable.substring(0, SHOWN) + "…";
  }
}

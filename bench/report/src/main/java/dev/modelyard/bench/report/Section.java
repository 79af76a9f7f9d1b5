package dev.modelyard.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The part of {@code docs/benchmarks.md} that one benchmark writes, between two marks.
 *
 * @param benchmark as {@code bench/run} calls it
 */
public record Section(String benchmark) {
  private static final String TITLE =
      "# Benchmarks\n\nWritten by the scripts in `bench/`; run them to get your own figures.\n";

  public String begin() {
    return "<!-- " + benchmark + ": written by bench/run " + benchmark + " -->";
  }

  public String end() {
    return "<!-- " + benchmark + ": end -->";
  }

  /**
   * Puts the section into a page, in place of the one that it has or at the end.
   *
   * @param section with both marks
   */
  public String replaceIn(String page, String section) {
    int begin = page.indexOf(begin());
    int end = page.indexOf(end());
    if (begin < 0 || end < begin) {
      return page.stripTrailing() + "\n\n" + section;
    }
    return page.substring(0, begin)
        + section.stripTrailing()
        + page.substring(end + end().length());
  }

  /** The same in a file, which is made where there is none. */
  public void write(Path page, String section) throws IOException {
    String before = Files.exists(page) ? Files.readString(page) : TITLE;
    Files.writeString(page, replaceIn(before, section));
  }
}

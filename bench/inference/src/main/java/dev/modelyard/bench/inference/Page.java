package dev.modelyard.bench.inference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page of Markdown with sections that programs write, each between two marks. */
public final class Page {
  private static final String HEAD =
      "# Benchmarks\n\nWritten by the scripts in `bench/`; run them to get your own figures.\n";

  private Page() {}

  /** Writes the section into the file, in the place of the one between the same marks. */
  public static void write(Path file, String section, String begin, String end) throws IOException {
    String page = Files.exists(file) ? Files.readString(file) : HEAD;
    Files.writeString(file, replace(page, section, begin, end));
  }

  /** The page with the section, at its end where it was not there before. */
  static String replace(String page, String section, String begin, String end) {
    int from = page.indexOf(begin);
    int to = page.indexOf(end);
    if (from < 0 || to < from) {
      return page.stripTrailing() + "\n\n" + section;
    }
    return page.substring(0, from) + section.stripTrailing() + page.substring(to + end.length());
  }
}

package dev.modelyard.local.apiserver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What is said of a process that ended and should not have. */
final class LogTail {
  private static final int LINES = 5;
  private static final int WIDTH = 300;

  private LogTail() {}

  /**
   * Its name, exit code, and the last lines of its log, cut to a readable width.
   *
   * @param exitCode 128 and the signal's number for a process that a signal ended
   * @param log where it wrote; need not exist
   */
  static String ending(String name, int exitCode, Path log) {
    var text = new StringBuilder(name + " has ended with " + exitCode + ". " + log + " ends:");
    List<String> lines = lines(log);
    for (String line : lines.subList(Math.max(0, lines.size() - LINES), lines.size())) {
      text.append("\n  ").append(line.length() > WIDTH ? line.substring(0, WIDTH) + "…" : line);
    }
    return lines.isEmpty() ? text + " with nothing" : text.toString();
  }

  private static List<String> lines(Path log) {
    try {
      // Not every byte of a log is text, least of all where a process was killed.
      return new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}

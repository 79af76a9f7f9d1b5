package dev.modelyard.e2e.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of this machine to its end. */
final class Program {
  private Program() {}

  /**
   * @param output what it printed, errors too, without white space around it
   */
  record Ended(int exit, String output) {}

  /**
   * @throws IllegalStateException when it has not ended within the limit
   */
  static Ended run(List<String> command, long limitSeconds) {
    try {
      Path output = Files.createTempFile("program", ".txt");
      try {
        // Into a file: what it starts in the background would keep a pipe open.
        Process process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(limitSeconds, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new IllegalStateException(command + ": not ended within " + limitSeconds + " s");
        }
        return new Ended(
            process.exitValue(), Files.readString(output, StandardCharsets.UTF_8).strip());
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}

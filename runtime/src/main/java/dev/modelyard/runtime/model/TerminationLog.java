package dev.modelyard.runtime.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file that Kubernetes shows as the container's termination message (kubernetes.io, "Determine
 * the reason for Pod failure"): one line {@code Reason: message}.
 */
public final class TerminationLog {
  /** Kubernetes keeps no more of the file. */
  static final int MOST_BYTES = 4096;

  private final Path file;

  public TerminationLog(Path file) {
    this.file = file;
  }

  public void write(ModelFailure failure) throws IOException {
    Files.writeString(file, line(failure));
  }

  /** At most {@value #MOST_BYTES} bytes of UTF-8, without control characters, on one line. */
  public static String line(ModelFailure failure) {
    String text =
        (failure.reason() + ": " + failure.getMessage())
            .replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ")
            .strip();
    if (text.getBytes(StandardCharsets.UTF_8).length < MOST_BYTES) {
      return text + "\n";
    }
    StringBuilder cut = new StringBuilder();
    int bytes = "…\n".getBytes(StandardCharsets.UTF_8).length;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      bytes += Character.toString(point).getBytes(StandardCharsets.UTF_8).length;
      if (bytes > MOST_BYTES) {
        break;
      }
      cut.appendCodePoint(point);
      i += Character.charCount(point);
    }
    return cut + "…\n";
  }
}

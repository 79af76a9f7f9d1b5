package dev.modelyard.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TerminationLogTest {
  @Test
  void isOneLine(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("termination-log");

    new TerminationLog(file)
        .write(new ModelFailure(FailureReason.ModelLoadFailed, "bad\r\n\tnode\u001b[31m\u2028x"));

    assertThat(Files.readString(file)).isEqualTo("ModelLoadFailed: bad node [31m x\n");
  }

  @Test
  void isCutBetweenCharacters() {
    String line =
        TerminationLog.line(new ModelFailure(FailureReason.OutOfMemory, "é😀".repeat(2_000)));

    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    assertThat(bytes.length).isBetween(TerminationLog.MOST_BYTES - 4, TerminationLog.MOST_BYTES);
    assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(line).endsWith("…\n");
    assertThat(line).doesNotContain("?");
  }
}

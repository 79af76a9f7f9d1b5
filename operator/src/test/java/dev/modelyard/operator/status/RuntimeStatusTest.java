package dev.modelyard.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The runtime's tests read the same files. */
class RuntimeStatusTest {
  private static final Path CONTRACT = Path.of("../docs/contract");

  @Test
  void readsReady() throws IOException {
    RuntimeStatus status = read("ready");
    assertThat(status.state()).isEqualTo("READY");
    assertThat(status.revision()).isEqualTo("bcdfghjklm");
    assertThat(status.model())
        .isEqualTo(
            new RuntimeStatus.Model(
                "https://models.example.org/digits/1/model.onnx",
                "sha256:" + "0".repeat(64),
                21874L,
                "OnnxRuntime",
                "cpu",
                "Proven"));
    assertThat(status.timings()).isEqualTo(new RuntimeStatus.Timings(120L, 310L, 14L));
    assertThat(status.load()).isEqualTo(new RuntimeStatus.Load(1, 3, 42, 1, 2, 1700L, 900L, 0L));
    assertThat(status.progress()).isNull();
    assertThat(status.failure()).isNull();
  }

  @Test
  void readsDownloading() throws IOException {
    RuntimeStatus status = read("downloading");
    assertThat(status.state()).isEqualTo("DOWNLOADING");
    assertThat(status.progress()).isEqualTo(new RuntimeStatus.Progress(1048576L, 4194304L));
    assertThat(status.timings()).isEqualTo(new RuntimeStatus.Timings(null, null, null));
    assertThat(status.model().digest()).isNull();
  }

  @Test
  void readsFailed() throws IOException {
    assertThat(read("failed").failure())
        .isEqualTo(
            new RuntimeStatus.Failure(
                "DigestMismatch", "expected sha256:00…, the file has sha256:ff…"));
  }

  @Test
  void aNewerRuntimesFieldsAreIgnoredAtEveryLevel() throws IOException {
    RuntimeStatus status =
        new ObjectMapper()
            .readValue(
                """
                {"state":"READY","later":1,"model":{"later":1},"progress":{"later":1},
                 "timings":{"later":1},"load":{"later":1},"failure":{"later":1}}
                """,
                RuntimeStatus.class);
    assertThat(status.state()).isEqualTo("READY");
    assertThat(status.load().inFlight()).isZero();
  }

  private static RuntimeStatus read(String name) throws IOException {
    return new ObjectMapper()
        .readValue(CONTRACT.resolve("status-" + name + ".json").toFile(), RuntimeStatus.class);
  }
}

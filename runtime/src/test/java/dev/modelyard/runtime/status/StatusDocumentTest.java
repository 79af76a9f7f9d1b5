package dev.modelyard.runtime.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.modelyard.runtime.config.Environment;
import dev.modelyard.runtime.inference.BatchingDecision;
import dev.modelyard.runtime.inference.InferenceService.Load;
import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import dev.modelyard.runtime.model.ModelState;
import dev.modelyard.runtime.model.ModelStatus;
import dev.modelyard.runtime.model.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The runtime's side of {@code docs/contract/status-*.json}. */
class StatusDocumentTest {
  private static final String URI = "https://models.example.org/digits/1/model.onnx";
  private static final Load IDLE = new Load(0, 0, 0, 0, 0, 0, 0, 0);
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void whileDownloading() throws IOException {
    ModelStatus status =
        new ModelStatus(
            ModelState.DOWNLOADING,
            "bcdfghjklm",
            URI,
            Optional.empty(),
            Optional.empty(),
            Optional.of(new ModelStatus.Progress(1 << 20, 4 << 20)),
            Map.of(),
            Optional.empty());

    assertSame("status-downloading.json", status, IDLE, Optional.empty());
  }

  @Test
  void whenReady() throws IOException {
    ModelStatus status =
        new ModelStatus(
            ModelState.READY,
            "bcdfghjklm",
            URI,
            Optional.of(new ModelStatus.Files("sha256:" + "0".repeat(64), 21874)),
            Optional.of(new ModelStatus.Loaded("OnnxRuntime", "cpu")),
            Optional.empty(),
            Map.of(
                Phase.DOWNLOAD, Duration.ofMillis(120),
                Phase.LOAD, Duration.ofMillis(310),
                Phase.WARM_UP, Duration.ofMillis(14)),
            Optional.empty());

    assertSame(
        "status-ready.json",
        status,
        new Load(1, 3, 42, 1, 2, 1700, 900, 0),
        Optional.of(BatchingDecision.proven()));
  }

  @Test
  void whenFailed() throws IOException {
    ModelStatus status =
        new ModelStatus(
            ModelState.FAILED,
            "bcdfghjklm",
            URI,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(Phase.DOWNLOAD, Duration.ofMillis(120)),
            Optional.of(
                new ModelFailure(
                    FailureReason.DigestMismatch, "expected sha256:00…, the file has sha256:ff…")));

    assertSame("status-failed.json", status, IDLE, Optional.empty());
  }

  @Test
  void anUnknownTotalIsLeftOut() {
    ModelStatus status =
        new ModelStatus(
            ModelState.DOWNLOADING,
            "r",
            URI,
            Optional.empty(),
            Optional.empty(),
            Optional.of(new ModelStatus.Progress(5, -1)),
            Map.of(),
            Optional.empty());

    assertThat(StatusDocument.of(status, IDLE, Optional.empty()).getJsonObject("progress").encode())
        .isEqualTo("{\"done\":5}");
  }

  /** Also the order of the fields, which people read. */
  private static void assertSame(
      String golden, ModelStatus status, Load load, Optional<BatchingDecision> batching)
      throws IOException {
    String expected = Files.readString(Environment.contract(golden));
    assertThat(JSON.readTree(StatusDocument.of(status, load, batching).encode()).toPrettyString())
        .isEqualTo(JSON.readTree(expected).toPrettyString());
  }
}

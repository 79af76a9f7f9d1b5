package dev.modelyard.runtime.inference.onnx.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowProofTest {
  private static final Path MODELS = Path.of("src/test/resources/models");

  @ParameterizedTest
  @ValueSource(strings = {"digits/1", "digits/2", "regression/1"})
  void theExamplesAreProven(String example) {
    assertThat(RowProof.of(Path.of("../examples", example, "model.onnx"))).hasToString("Proven");
  }

  /** Models of {@code src/test/models/make_models.py}, and some that were answered wrongly. */
  @ParameterizedTest
  @CsvFileSource(resources = "/models/rows.csv", delimiter = '|', useHeadersInDisplayName = true)
  void whatStandsInTheWayIsNamed(String model, String decision) {
    assertThat(RowProof.of(MODELS.resolve(model + ".onnx"))).hasToString(decision);
  }

  @Test
  void aFileThatIsNoGraphIsNotProven(@TempDir Path folder) throws IOException {
    byte[] whole = Files.readAllBytes(MODELS.resolve("mlp.onnx"));
    Path file = folder.resolve("model.onnx");
    // The last bytes are the versions of the domains; the model needs the first of them only.
    int versions = 24;
    for (int length = 0; length < whole.length - versions; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(RowProof.of(file).toString()).startsWith("Off: ").doesNotContain("null");
    }
  }
}

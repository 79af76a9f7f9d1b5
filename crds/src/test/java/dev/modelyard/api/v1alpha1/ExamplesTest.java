package dev.modelyard.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples fit the types, and their digests are those of the committed models. */
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("..", "examples");

  static List<Path> resources() throws IOException {
    try (Stream<Path> files = Files.walk(EXAMPLES, 2)) {
      List<Path> found =
          files
              .filter(file -> file.getFileName().toString().matches("modeldeployment.*\\.yaml"))
              .sorted()
              .toList();
      assertThat(found).isNotEmpty();
      return found;
    }
  }

  @ParameterizedTest
  @MethodSource("resources")
  void digestIsTheCommittedModels(Path file) throws Exception {
    ObjectMapper strict =
        new ObjectMapper(new YAMLFactory())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    Model model = strict.readValue(file.toFile(), ModelDeployment.class).getSpec().model();
    Path onnx = file.resolveSibling(model.uri().replaceFirst("^pvc://[^/]+/", ""));
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(onnx));
    assertThat(model.digest()).isEqualTo("sha256:" + HexFormat.of().formatHex(digest));
  }
}

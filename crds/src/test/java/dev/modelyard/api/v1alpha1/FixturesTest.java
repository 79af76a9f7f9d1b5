package dev.modelyard.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The fixtures say what the API server must accept and refuse; {@link CrdOnApiServerTest} asks a
 * real one. Here they are kept honest without it: the valid ones fit the types, and each expected
 * message of ours is one that the CRD gives.
 */
class FixturesTest {
  private static final Path DIR = Path.of("src/test/resources/fixtures");
  private static final String EXPECT = "# expect: ";

  static List<Path> valid() throws IOException {
    return fixtures("valid-");
  }

  static List<Path> invalid() throws IOException {
    return fixtures("invalid-");
  }

  @ParameterizedTest
  @MethodSource("valid")
  void validOnesFitTheTypes(Path file) throws IOException {
    ObjectMapper strict =
        new ObjectMapper(new YAMLFactory())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    ModelDeployment resource = strict.readValue(file.toFile(), ModelDeployment.class);
    assertThat(resource.getSpec().model().uri()).isNotBlank();
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void invalidOnesNameTheMessageExpected(Path file) throws IOException {
    String message = expected(file);
    assertThat(message).isNotBlank();
    // What starts with a field's path is the API server's own wording.
    if (!message.matches("(spec\\.|unknown field|Checked value).*")) {
      assertThat(CrdYaml.text(CrdYaml.generate()).replaceAll("\\\\\\s+\\\\?", ""))
          .contains(message);
    }
  }

  /** The whole message of the CRD, or the API server's own with the field's path before it. */
  static String expected(Path file) throws IOException {
    String first = Files.readAllLines(file).get(0);
    assertThat(first).startsWith(EXPECT);
    return first.substring(EXPECT.length());
  }

  private static List<Path> fixtures(String prefix) throws IOException {
    try (Stream<Path> files = Files.list(DIR)) {
      List<Path> found =
          files.filter(file -> file.getFileName().toString().startsWith(prefix)).sorted().toList();
      assertThat(found).isNotEmpty();
      return found;
    }
  }
}

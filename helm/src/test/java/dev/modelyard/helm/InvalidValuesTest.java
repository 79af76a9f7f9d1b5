package dev.modelyard.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every {@code invalid-*.yaml} is refused, with the message that its first line tells. */
class InvalidValuesTest {
  private static final String EXPECT = "# expect: ";

  static List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(Chart.VALUES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("invalid-"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void isRefusedWithTheMessageExpected(String file) throws IOException {
    String first = Files.readAllLines(Chart.VALUES.resolve(file)).get(0);
    assertThat(first).startsWith(EXPECT);

    assertThatThrownBy(() -> Chart.render(file))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(first.substring(EXPECT.length()));
  }
}

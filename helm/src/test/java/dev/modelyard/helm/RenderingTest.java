package dev.modelyard.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RenderingTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/default.yaml");

  @Test
  void chartPassesLint() {
    LintResult result = new Helm(Chart.FOLDER).lint().strict().call();

    assertThat(result.isFailed()).as(String.join("\n", result.getMessages())).isFalse();
  }

  /**
   * Run with {@code -Dmodelyard.regenerate=true} after a wanted change, and read the difference.
   */
  @Test
  void defaultRenderingIsTheGoldenOne() throws IOException {
    String rendered = Chart.render("default.yaml").text();
    if (Boolean.getBoolean("modelyard.regenerate")) {
      Files.createDirectories(GOLDEN.getParent());
      Files.writeString(GOLDEN, rendered);
    }

    assertThat(rendered).isEqualTo(Files.readString(GOLDEN));
  }
}

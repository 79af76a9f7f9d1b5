package dev.modelyard.local.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every module's pom keeps to, so that {@code -Dmaven.test.skip=true} builds each of them. */
class PomsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @Test
  void noModuleNeedsAnothersTestsJar() throws IOException {
    List<Path> poms;
    try (Stream<Path> files = Files.find(ROOT, 3, (file, attributes) -> isPom(file))) {
      poms = files.toList();
    }
    assertThat(poms).contains(ROOT.resolve("pom.xml"), ROOT.resolve("testing/pom.xml"));
    for (Path pom : poms) {
      // Maven makes no tests jar where tests are skipped, as ./modelyard and the Dockerfiles do.
      assertThat(Files.readString(pom))
          .as(ROOT.relativize(pom).toString())
          .doesNotContain("test-jar")
          .doesNotContain("<classifier>tests</classifier>");
    }
  }

  private static boolean isPom(Path file) {
    return file.getFileName().toString().equals("pom.xml") && !file.toString().contains("/target/");
  }
}

package dev.modelyard.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SectionTest {
  private final Section section = new Section("inference");

  @Test
  void takesThePlaceOfTheFormerOne() {
    String first = section.replaceIn("# Benchmarks\n", marked("old"));
    String page = first + "\n## Others\n";

    assertThat(section.replaceIn(page, marked("new")))
        .isEqualTo("# Benchmarks\n\n" + marked("new") + "\n## Others\n");
  }

  @Test
  void leavesTheSectionsOfOthersAlone() {
    Section other = new Section("autoscaling");
    String page = section.replaceIn("# Benchmarks\n", marked("old"));

    String both = other.replaceIn(page, other.begin() + "\nbesides\n" + other.end() + "\n");

    assertThat(both).startsWith(page).contains("besides");
  }

  @Test
  void makesThePageWhereThereIsNone(@TempDir Path folder) throws IOException {
    Path page = folder.resolve("benchmarks.md");

    section.write(page, marked("new"));

    assertThat(Files.readString(page)).startsWith("# Benchmarks\n").contains("\nnew\n");
  }

  private String marked(String text) {
    return section.begin() + "\n" + text + "\n" + section.end() + "\n";
  }
}

package dev.modelyard.bench.inference;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PageTest {
  @Test
  void aSectionTakesThePlaceOfTheFormerOne() {
    String first = Page.replace("# Benchmarks\n", "[\nold\n]\n", "[", "]");
    String page = first + "\n## Others\n";

    assertThat(Page.replace(page, "[\nnew\n]\n", "[", "]"))
        .isEqualTo("# Benchmarks\n\n[\nnew\n]\n\n## Others\n");
  }
}

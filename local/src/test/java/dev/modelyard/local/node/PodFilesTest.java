package dev.modelyard.local.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodFilesTest {
  @ParameterizedTest
  @CsvSource({
    "plain, plain",
    "$(HOME_PAGE)/v1, https://models.example.org/v1",
    "$$(HOME_PAGE), $(HOME_PAGE)",
    "$(NOT_THERE), $(NOT_THERE)",
    "a$$b$c, a$b$c",
    "$$$$, $$"
  })
  void expandsReferencesAsTheKubeletDoes(String value, String expanded) {
    assertThat(PodFiles.expand(value, Map.of("HOME_PAGE", "https://models.example.org")))
        .isEqualTo(expanded);
  }
}

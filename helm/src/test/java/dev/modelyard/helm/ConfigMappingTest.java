package dev.modelyard.helm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConfigMappingTest {
  @Test
  void settingsAreReadFromNestedInterfaces() {
    String source =
        """
        public interface C {
          Optional<List<String>> namespaces();

          A first();

          interface A {
            B innerMost();

            interface B {
              String x();
            }
            int y();
          }
        }
        """;
    assertThat(ConfigMapping.variables(source))
        .containsExactly(
            "MODELYARD_FIRST_INNER_MOST_X", "MODELYARD_FIRST_Y", "MODELYARD_NAMESPACES");
  }
}

package dev.modelyard.runtime.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShapesTest {
  @Test
  void countsElements() {
    assertThat(Shapes.elements(new long[0])).isEqualTo(1);
    assertThat(Shapes.elements(new long[] {2, 3, 4})).isEqualTo(24);
    assertThat(Shapes.elements(new long[] {Long.MAX_VALUE, 1})).isEqualTo(Long.MAX_VALUE);
    assertThat(Shapes.elements(new long[] {Long.MAX_VALUE, Long.MAX_VALUE, 0})).isZero();
  }

  @Test
  void refusesWhatCannotBeCounted() {
    assertThatThrownBy(() -> Shapes.elements(new long[] {Long.MAX_VALUE, 2}))
        .hasMessageContaining("more elements than can be counted");
    assertThatThrownBy(() -> Shapes.elements(new long[] {2, -1}))
        .hasMessageContaining("negative size");
  }

  @Test
  void minusOneMatchesAnySize() {
    assertThat(Shapes.matches(new long[] {7, 64}, List.of(-1L, 64L))).isTrue();
    assertThat(Shapes.matches(new long[] {7, 63}, List.of(-1L, 64L))).isFalse();
    assertThat(Shapes.matches(new long[] {7}, List.of(-1L, 64L))).isFalse();
    assertThat(Shapes.matches(new long[0], List.of())).isTrue();
  }
}

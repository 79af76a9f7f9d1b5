package dev.modelyard.runtime.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputCheckTest {
  private static List<Tensor> check(String text) {
    Tensor tensor = Tensor.ofStrings("x", new long[] {2}, new String[] {"ok", text});
    return InputCheck.inOrder(
        List.of(new TensorMetadata("x", DataType.BYTES, List.of(-1L))), List.of(tensor));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "é日本", "😀", "a\uD83D\uDE00b", "\uFFFF"})
  void takesText(String text) {
    assertThat(check(text)).hasSize(1);
  }

  /** ONNX Runtime's C API takes strings that end with a zero. */
  @Test
  void refusesTheCharacterThatEndsText() {
    assertThatThrownBy(() -> check("a\0b"))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("input 'x': element 1 has the character U+0000");
  }

  /** It would become a question mark. */
  @ParameterizedTest
  @ValueSource(strings = {"\uD83D", "a\uD83Db", "\uDE00", "\uDE00\uD83D"})
  void refusesHalvesOfCharacters(String text) {
    assertThatThrownBy(() -> check(text))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("input 'x': element 1 has U+D");
  }
}

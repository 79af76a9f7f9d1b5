package dev.modelyard.runtime.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.modelyard.runtime.model.ModelFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFilesTest {
  @TempDir Path root;

  /** A model's folder may itself lie in a hidden one. */
  private Path folder() throws IOException {
    return Files.createDirectories(root.resolve(".cache/model"));
  }

  private static Path write(Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "model");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "__MACOSX/digits/._model.onnx",
        "digits/._model.onnx",
        ".ipynb_checkpoints/model-checkpoint.onnx"
      })
  void whatIsHiddenIsNoCandidate(String hidden) throws IOException {
    Path folder = folder();
    write(folder, hidden);

    assertThatThrownBy(() -> ModelFiles.onnxFile(folder))
        .isInstanceOf(ModelFailure.class)
        .hasMessageContaining("no .onnx file");

    Path model = write(folder, "digits/model.onnx");
    assertThat(ModelFiles.onnxFile(folder)).isEqualTo(model);
  }

  @Test
  void twoThatAreNotHiddenAreOneTooMany() throws IOException {
    Path folder = folder();
    write(folder, "a.onnx");
    write(folder, "b.onnx");

    assertThatThrownBy(() -> ModelFiles.onnxFile(folder)).hasMessageContaining("a.onnx, b.onnx");
  }
}

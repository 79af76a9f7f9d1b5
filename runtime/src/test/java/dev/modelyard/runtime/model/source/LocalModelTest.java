package dev.modelyard.runtime.model.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalModelTest {
  @TempDir private Path folder;
  private Path mount;
  private Path outside;

  @BeforeEach
  void files() throws IOException {
    mount = Files.createDirectories(folder.resolve("mount"));
    outside = Files.writeString(folder.resolve("outside.onnx"), "x");
    Files.createDirectories(mount.resolve("..data/1"));
    Files.writeString(mount.resolve("..data/1/model.onnx"), "x");
    Files.createSymbolicLink(mount.resolve("1"), Path.of("..data/1"));
  }

  @Test
  void isUsedInPlaceAlsoThroughALinkThatStaysInside() {
    assertThat(volume("1/model.onnx")).isEqualTo(mount.resolve("1/model.onnx"));
    assertThat(volume("")).isEqualTo(mount.resolve(""));
    assertThat(LocalModel.file(new ModelUri.LocalFile(outside))).isEqualTo(outside);
  }

  @Test
  void aFileThatLinksOutIsRefused() throws IOException {
    Files.createSymbolicLink(mount.resolve("model.onnx"), outside);

    assertThat(failure("model.onnx")).isEqualTo(FailureReason.SourceForbidden);
  }

  @Test
  void aFolderWithAFileThatLinksOutIsRefused() throws IOException {
    Files.createSymbolicLink(mount.resolve("..data/1/weights.bin"), outside);

    assertThat(failure("1")).isEqualTo(FailureReason.SourceForbidden);
  }

  @Test
  void aPathBelowALinkThatLeadsOutIsRefused() throws IOException {
    Files.createSymbolicLink(mount.resolve("up"), folder);

    assertThat(failure("up/outside.onnx")).isEqualTo(FailureReason.SourceForbidden);
  }

  @Test
  void whatIsNotThereIsNotFound() {
    assertThat(failure("2/model.onnx")).isEqualTo(FailureReason.SourceNotFound);
  }

  private Path volume(String path) {
    return LocalModel.volume(new ModelUri.Volume("claim", path), mount);
  }

  private FailureReason failure(String path) {
    return catchThrowableOfType(ModelFailure.class, () -> volume(path)).reason();
  }
}

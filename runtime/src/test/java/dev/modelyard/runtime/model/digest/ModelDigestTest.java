package dev.modelyard.runtime.model.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDigestTest {
  // FIPS 180-4's own example.
  private static final String ABC =
      "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @TempDir private Path folder;

  @Test
  void ofAFileIsTheHashOfItsBytes() throws Exception {
    Path file = Files.writeString(folder.resolve("model.onnx"), "abc");

    assertThat(ModelDigest.of(file)).isEqualTo(new ModelDigest(ABC, 3));
  }

  /** The figure is what sha256sum says: the lines of both files, sorted, hashed. */
  @Test
  void ofAFolderIsTheHashOfItsList() throws Exception {
    Files.writeString(Files.createDirectories(folder.resolve("b")).resolve("c.bin"), "abc");
    Files.writeString(folder.resolve("a.onnx"), "");

    ModelDigest digest = ModelDigest.of(folder);

    assertThat(digest.value())
        .isEqualTo("sha256:a331c2ac6461fc80764ff7f03d245fbea4203a1ef5a397ae46655626b308f1d0");
    assertThat(digest.sizeBytes()).isEqualTo(3);
  }

  @Test
  void aRenamedFileIsAnotherModel() throws Exception {
    Path file = Files.writeString(folder.resolve("a"), "abc");
    String before = ModelDigest.of(folder).value();
    Files.move(file, folder.resolve("b"));

    assertThat(ModelDigest.of(folder).value()).isNotEqualTo(before);
  }

  @Test
  void saysBothDigestsOfAMismatch() {
    ModelDigest digest = new ModelDigest(ABC, 3);
    String other = "sha256:" + "0".repeat(64);

    ModelFailure failure = catchThrowableOfType(ModelFailure.class, () -> digest.check(other));

    assertThat(failure.reason()).isEqualTo(FailureReason.DigestMismatch);
    assertThat(failure).hasMessage("expected " + other + ", the file has " + ABC);
    digest.check(ABC.toUpperCase(Locale.ROOT).replace("SHA256", "sha256"));
  }
}

package dev.modelyard.local.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.modelyard.local.process.StartFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {
  @TempDir Path folder;

  @Test
  void twoRunsDoNotShareAFolder() {
    Path wanted = folder.resolve("a home");
    try (var first = Home.open(wanted)) {
      assertThatThrownBy(() -> Home.open(wanted))
          .isInstanceOf(StartFailure.class)
          .hasMessageContaining("another run uses " + wanted)
          .hasMessageContaining("--home=");
      assertThat(first.logs()).isDirectory();
    }
    Home.open(wanted).close();
  }

  @Test
  void whatAFormerRunLeftIsRemovedButVolumesStay() throws Exception {
    try (var first = Home.open(folder)) {
      Files.writeString(first.logs().resolve("old.log"), "old");
      Files.writeString(first.kubeconfig(), "old");
      Files.createDirectories(first.folder().resolve("pvc/default/models"));
    }
    try (var second = Home.open(folder)) {
      assertThat(second.logs()).isEmptyDirectory();
      assertThat(second.kubeconfig()).doesNotExist();
      assertThat(second.folder().resolve("pvc/default/models")).isDirectory();
    }
  }

  @Test
  void aFolderOfSomethingElseIsLeftAlone() throws Exception {
    Files.writeString(folder.resolve("thesis.tex"), "years of work");
    assertThatThrownBy(() -> Home.open(folder))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("holds other files");
    assertThat(folder.resolve("thesis.tex")).exists();
  }

  @Test
  void removingFollowsNoLink() throws Exception {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.writeString(outside.resolve("file"), "kept");
    Path inside = Files.createDirectory(folder.resolve("inside"));
    Files.createSymbolicLink(inside.resolve("link"), outside);
    Home.remove(inside);
    assertThat(inside).doesNotExist();
    assertThat(outside.resolve("file")).exists();
  }
}

package dev.modelyard.runtime.model.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveUnpackerTest {
  private static final String DIGEST = "sha256:" + "ab".repeat(32);

  @TempDir private Path folder;
  private ArchiveLimits limits = new ArchiveLimits(1 << 20, 100, 1_000, 1 << 20);

  @Test
  void unpacksAZipAndUsesItAgain() throws Exception {
    Path archive =
        zip(
            zip -> {
              file(zip, "model.onnx", "weights");
              file(zip, "./labels/names.txt", "a");
            });

    Path model = unpack(archive);

    assertThat(model.resolve("model.onnx")).hasContent("weights");
    assertThat(model.resolve("labels/names.txt")).hasContent("a");
    Files.writeString(archive, "no archive any more");
    assertThat(unpack(archive)).isEqualTo(model);
  }

  @Test
  void aTarWithOneFolderIsThatFolder() throws Exception {
    Path archive =
        tar(
            tar -> {
              entry(tar, "digits/", TarConstants.LF_DIR, "");
              file(tar, "digits/model.onnx", "weights");
            });

    Path model = unpack(archive);

    assertThat(model).hasFileName("digits");
    assertThat(model.resolve("model.onnx")).hasContent("weights");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../evil", "a/../../evil", "a/..", "C:/evil", "a\\..\\evil"})
  void aNameThatLeadsOutIsRefused(String name) throws Exception {
    assertRefused(zip(zip -> file(zip, name, "x")), "entry '");
    assertRefused(tar(tar -> file(tar, name, "x")), "entry '");
  }

  @Test
  void anAbsoluteNameIsRefused() throws Exception {
    assertRefused(zip(zip -> file(zip, "/evil", "x")), "absolute path");
    assertRefused(
        tar(
            tar -> {
              TarArchiveEntry entry = new TarArchiveEntry("/evil", true);
              entry.setSize(0);
              tar.putArchiveEntry(entry);
              tar.closeArchiveEntry();
            }),
        "absolute path");
  }

  @ParameterizedTest
  @ValueSource(
      bytes = {
        TarConstants.LF_SYMLINK,
        TarConstants.LF_LINK,
        TarConstants.LF_FIFO,
        TarConstants.LF_CHR,
        TarConstants.LF_BLK
      })
  void linksAndDevicesInATarAreRefused(byte type) throws Exception {
    assertRefused(
        tar(
            tar -> {
              entry(tar, "out", type, "/etc");
              file(tar, "out/evil", "x");
            }),
        "entry 'out'");
  }

  @Test
  void aLinkInAZipIsRefused() throws Exception {
    assertRefused(
        zip(
            zip -> {
              ZipArchiveEntry entry = new ZipArchiveEntry("out");
              entry.setUnixMode(0120777);
              zip.putArchiveEntry(entry);
              zip.write("/etc".getBytes(StandardCharsets.UTF_8));
              zip.closeArchiveEntry();
            }),
        "entry 'out'");
  }

  @Test
  void aBombIsStoppedByItsSize() throws Exception {
    assertRefused(zip(zip -> file(zip, "a", "0".repeat(1 << 21))), "larger than");
    assertRefused(tar(tar -> file(tar, "a", "0".repeat(1 << 21))), "larger than");
  }

  @Test
  void aBombIsStoppedByItsRatio() throws Exception {
    limits = new ArchiveLimits(1 << 30, 100, 100, 1 << 16);

    assertRefused(zip(zip -> file(zip, "a", "0".repeat(1 << 21))), "100-fold");
    assertRefused(tar(tar -> file(tar, "a", "0".repeat(1 << 21))), "100-fold");
  }

  @Test
  void aSmallFileAfterALargeOneIsNoBomb() throws Exception {
    limits = new ArchiveLimits(1 << 30, 100, 200, 1 << 16);

    Path model =
        unpack(
            zip(
                zip -> {
                  file(zip, "large", random(1 << 18));
                  file(zip, "small", "x");
                }));

    assertThat(model.resolve("small")).hasContent("x");
  }

  @Test
  void tooManyEntriesAreRefused() throws Exception {
    limits = new ArchiveLimits(1 << 20, 2, 1_000, 1 << 20);

    assertRefused(
        tar(
            tar -> {
              file(tar, "a", "");
              entry(tar, "b/", TarConstants.LF_DIR, "");
              file(tar, "c", "");
            }),
        "entry 'c'");
  }

  @Test
  void tooLongANameIsRefused() throws Exception {
    assertRefused(zip(zip -> file(zip, "a".repeat(256), "x")), "longer than 255");
    assertRefused(zip(zip -> file(zip, "a/".repeat(600) + "b", "x")), "longer than 1024");
  }

  @Test
  void theSameFileTwiceIsRefused() throws Exception {
    assertRefused(
        tar(
            tar -> {
              file(tar, "a", "1");
              file(tar, "a", "2");
            }),
        "twice");
    assertRefused(
        tar(
            tar -> {
              file(tar, "a", "1");
              file(tar, "a/b", "2");
            }),
        "a file and a folder");
  }

  @Test
  void whatIsNoArchiveOrEmptyOrCutIsRefused() throws Exception {
    assertRefused(Files.writeString(folder.resolve("no.zip"), "no archive"), "no.zip");
    assertRefused(Files.writeString(folder.resolve("no.tgz"), "no archive"), "no.tgz");
    assertRefused(tar(tar -> {}), "nothing in it");
    Path whole = tar(tar -> file(tar, "a", random(100_000)));
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = Files.write(folder.resolve("cut.tar.gz"), Arrays.copyOf(bytes, 50_000));
    assertRefused(cut, "cut.tar.gz");
  }

  @Test
  void removesWhatAKilledProcessLeft() throws Exception {
    Path left = Files.createDirectories(folder.resolve("cache/unpacked/.unpacking-123/a"));

    unpack(zip(zip -> file(zip, "a", "x")));

    assertThat(left).doesNotExist();
  }

  private Path unpack(Path archive) throws InterruptedException {
    return new ArchiveUnpacker(folder.resolve("cache"), limits)
        .unpack(archive, ArchiveKind.of(archive).orElseThrow(), DIGEST);
  }

  private void assertRefused(Path archive, String words) throws IOException {
    ModelFailure failure = catchThrowableOfType(ModelFailure.class, () -> unpack(archive));
    assertThat(failure).as("unpacking " + archive.getFileName()).isNotNull();
    assertThat(failure.reason()).isEqualTo(FailureReason.ArchiveInvalid);
    assertThat(failure).hasMessageContaining(words);
    try (Stream<Path> left = Files.walk(folder.resolve("cache"))) {
      assertThat(left.filter(Files::isRegularFile).map(Path::getFileName).map(Path::toString))
          .containsExactly(".lock");
    }
    assertThat(folder.resolve("evil")).doesNotExist();
  }

  private interface Fill<T> {
    void with(T archive) throws IOException;
  }

  private Path zip(Fill<ZipArchiveOutputStream> fill) throws IOException {
    Path path = Files.createTempFile(folder, "model", ".zip");
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(path)) {
      fill.with(zip);
    }
    return path;
  }

  private Path tar(Fill<TarArchiveOutputStream> fill) throws IOException {
    Path path = Files.createTempFile(folder, "model", ".tar.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(path));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      fill.with(tar);
    }
    return path;
  }

  private static void file(ZipArchiveOutputStream zip, String name, String content)
      throws IOException {
    zip.putArchiveEntry(new ZipArchiveEntry(name));
    zip.write(content.getBytes(StandardCharsets.ISO_8859_1));
    zip.closeArchiveEntry();
  }

  private static void file(TarArchiveOutputStream tar, String name, String content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
    entry.setSize(bytes.length);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  private static void entry(TarArchiveOutputStream tar, String name, byte type, String link)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, type);
    entry.setLinkName(link);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private static String random(int length) {
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}

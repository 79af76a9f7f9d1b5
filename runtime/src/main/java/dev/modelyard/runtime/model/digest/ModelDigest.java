package dev.modelyard.runtime.model.digest;

import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a model's files are, in one line.
 *
 * <p>Of a file (an archive too, as it was fetched): the SHA-256 of its bytes. Of a folder: the
 * SHA-256 of the text that has a line {@code <hex of the file> <relative path>\n} for each file,
 * ordered by path (by Java's {@code String} order, with {@code /} between the segments), which is
 * what {@code find . -type f | sed 's,^./,,' | LC_ALL=C sort | xargs sha256sum | sha256sum} gives
 * where paths are ASCII without blanks.
 *
 * @param value {@code sha256:<64 lower-case hex digits>}
 * @param sizeBytes of all files together
 */
public record ModelDigest(String value, long sizeBytes) {
  /** The form of a digest; upper-case digits are accepted. */
  public static final Pattern FORM = Pattern.compile("sha256:[0-9a-fA-F]{64}");

  private static final int CHUNK = 1 << 20;

  /**
   * @throws ModelFailure {@code SourceUnavailable} where a file cannot be read
   */
  public static ModelDigest of(Path model) throws InterruptedException {
    try {
      return Files.isDirectory(model) ? ofFolder(model) : ofFile(model);
    } catch (IOException | UncheckedIOException e) {
      throw new ModelFailure(FailureReason.SourceUnavailable, "the model cannot be read: " + e, e);
    }
  }

  private static ModelDigest ofFile(Path file) throws IOException, InterruptedException {
    MessageDigest hash = sha256();
    byte[] chunk = new byte[CHUNK];
    long size = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        if (Thread.interrupted()) {
          throw new InterruptedException("the check of the digest was interrupted");
        }
        hash.update(chunk, 0, read);
        size += read;
      }
    }
    return new ModelDigest("sha256:" + HexFormat.of().formatHex(hash.digest()), size);
  }

  private static ModelDigest ofFolder(Path folder) throws IOException, InterruptedException {
    Map<String, Path> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      for (Iterator<Path> each = walk.iterator(); each.hasNext(); ) {
        Path file = each.next();
        if (Files.isRegularFile(file)) {
          String path = folder.relativize(file).toString();
          files.put(path.replace(file.getFileSystem().getSeparator(), "/"), file);
        }
      }
    }
    MessageDigest hash = sha256();
    long size = 0;
    for (Map.Entry<String, Path> file : files.entrySet()) {
      ModelDigest one = ofFile(file.getValue());
      String line = one.value().substring("sha256:".length()) + "  " + file.getKey() + "\n";
      hash.update(line.getBytes(StandardCharsets.UTF_8));
      size += one.sizeBytes();
    }
    return new ModelDigest("sha256:" + HexFormat.of().formatHex(hash.digest()), size);
  }

  public boolean matches(String expected) {
    return value.equalsIgnoreCase(expected);
  }

  /**
   * @throws ModelFailure {@code DigestMismatch}
   */
  public void check(String expected) {
    if (!matches(expected)) {
      throw new ModelFailure(
          FailureReason.DigestMismatch, "expected " + expected + ", the file has " + value);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

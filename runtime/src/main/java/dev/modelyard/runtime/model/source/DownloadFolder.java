package dev.modelyard.runtime.model.source;

import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Properties;

/**
 * The place of one uri in the cache: {@code downloads/<hash of the uri>/} with the file itself,
 * what has come so far as {@code .part}, and notes beside each. The uri is only there as a hash,
 * since its query may be a signature.
 */
final class DownloadFolder {
  private final Path folder;
  private final Path file;

  DownloadFolder(Path cache, URI uri) {
    this.folder = cache.resolve("downloads").resolve(hash(uri.toString()));
    this.file = folder.resolve(fileName(uri));
  }

  /** The URL's last segment, whose ending tells engine and archive apart. */
  private static String fileName(URI uri) {
    String path = uri.getPath() == null ? "" : uri.getPath();
    String last = path.substring(path.lastIndexOf('/') + 1);
    String safe = last.replaceAll("[^A-Za-z0-9._-]", "_").replaceFirst("^[.-]+", "");
    String name = safe.isEmpty() ? "model" : safe;
    return name.length() <= 128 ? name : name.substring(name.length() - 128);
  }

  private static String hash(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 10);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  void create() {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new ModelFailure(
          FailureReason.InvalidConfiguration,
          "the model cache cannot be written: " + e + "; mount a volume at MODELYARD_MODEL_CACHE",
          e);
    }
  }

  /** Held while the file is fetched, for pods that share a cache. */
  FileChannel lock() throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      channel.lock();
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  Path file() {
    return file;
  }

  Path part() {
    return sibling(".part");
  }

  long partSize() throws IOException {
    return Files.exists(part()) ? Files.size(part()) : 0;
  }

  /** What the server said of the file that {@link #part} is the beginning of. */
  Optional<Validator> partValidator() throws IOException {
    Properties notes = read(sibling(".part.properties"));
    return Optional.ofNullable(notes.getProperty("if-range")).map(Validator::new);
  }

  void startPart(Optional<Validator> validator) throws IOException {
    discardPart();
    if (validator.isPresent()) {
      Properties notes = new Properties();
      notes.setProperty("if-range", validator.get().ifRange());
      write(sibling(".part.properties"), notes);
    }
  }

  void discardPart() throws IOException {
    Files.deleteIfExists(part());
    Files.deleteIfExists(sibling(".part.properties"));
  }

  void completePart() throws IOException {
    Files.move(part(), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Files.deleteIfExists(sibling(".part.properties"));
  }

  void recordDigest(String digest) throws IOException {
    Properties notes = new Properties();
    notes.setProperty("digest", digest);
    write(sibling(".properties"), notes);
  }

  /** Empty where the process ended between the download and its check. */
  Optional<String> recordedDigest() throws IOException {
    return Optional.ofNullable(read(sibling(".properties")).getProperty("digest"));
  }

  void discardFile() throws IOException {
    Files.deleteIfExists(sibling(".properties"));
    Files.deleteIfExists(file);
  }

  private Path sibling(String ending) {
    return folder.resolve(file.getFileName() + ending);
  }

  private static Properties read(Path path) throws IOException {
    Properties notes = new Properties();
    if (Files.exists(path)) {
      try (InputStream in = Files.newInputStream(path)) {
        notes.load(in);
      }
    }
    return notes;
  }

  private static void write(Path path, Properties notes) throws IOException {
    try (OutputStream out = Files.newOutputStream(path)) {
      notes.store(out, null);
    }
  }

  /**
   * A strong ETag or a Last-Modified date, as {@code If-Range} takes it (RFC 9110, section 13.1.5).
   */
  record Validator(String ifRange) {
    static Optional<Validator> of(HttpConnector.Response response) {
      String etag = response.header("ETag");
      if (etag != null && !etag.startsWith("W/")) {
        return Optional.of(new Validator(etag));
      }
      return Optional.ofNullable(response.header("Last-Modified")).map(Validator::new);
    }
  }
}

package dev.modelyard.e2e.support;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of the checkout, where a missing one is a failure of the test. */
public final class Streams {
  private Streams() {}

  public static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static InputStream open(Path file) {
    return new ByteArrayInputStream(bytes(file));
  }
}

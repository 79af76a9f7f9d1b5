package dev.modelyard.e2e.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * The programs of {@code dev.modelyard.e2e.pods} as a jar small enough for a ConfigMap: the
 * runtime's image has a JVM, so a cluster needs no other image for them.
 */
final class PodPrograms {
  static final String JAR = "pods.jar";
  private static final Path CLASSES = Path.of("target/classes");

  private PodPrograms() {}

  /** The jar in base64, as a ConfigMap's binaryData wants it. */
  static String jar() {
    var bytes = new ByteArrayOutputStream();
    try (var jar = new JarOutputStream(bytes);
        var files = Files.walk(Settings.ROOT.resolve("e2e").resolve(CLASSES))) {
      List<Path> classes =
          files.filter(file -> file.toString().endsWith(".class")).sorted().toList();
      for (Path file : classes) {
        jar.putNextEntry(
            new JarEntry(
                Settings.ROOT
                    .resolve("e2e")
                    .resolve(CLASSES)
                    .relativize(file)
                    .toString()
                    .replace('\\', '/')));
        Files.copy(file, jar);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }
}

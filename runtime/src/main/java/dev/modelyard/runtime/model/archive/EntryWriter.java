package dev.modelyard.runtime.model.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongSupplier;

/** Writes entries below one folder and keeps count of what they take. */
final class EntryWriter {
  private static final int CHUNK = 1 << 16;

  private final Path root;
  private final ArchiveLimits limits;
  private final byte[] chunk = new byte[CHUNK];
  private int entries;
  private long written;

  EntryWriter(Path root, ArchiveLimits limits) {
    this.root = root;
    this.limits = limits;
  }

  void folder(String name) throws IOException {
    count(name);
    create(EntryName.resolve(root, name), name);
  }

  /**
   * @param packed bytes of the archive that have been read so far
   */
  void file(String name, InputStream content, LongSupplier packed)
      throws IOException, InterruptedException {
    count(name);
    Path file = EntryName.resolve(root, name);
    if (file.equals(root)) {
      throw new ArchiveProblem(name, "it is a file without a name");
    }
    create(file.getParent(), name);
    // CREATE_NEW also refuses to write through a link, should one ever get here.
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int read = content.read(chunk); read >= 0; read = content.read(chunk)) {
        if (Thread.interrupted()) {
          throw new InterruptedException("unpacking was interrupted");
        }
        grow(name, read, packed);
        write(out, read, file);
      }
    } catch (FileAlreadyExistsException e) {
      throw new ArchiveProblem(name, "it is in the archive twice");
    }
  }

  /** A full disk is no fault of the archive: told apart by the exception's type. */
  private void write(OutputStream out, int length, Path file) throws IOException {
    try {
      out.write(chunk, 0, length);
    } catch (IOException e) {
      FileSystemException failed =
          new FileSystemException(file.getFileName().toString(), null, e.getMessage());
      failed.initCause(e);
      throw failed;
    }
  }

  private void create(Path folder, String name) throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new ArchiveProblem(name, "it is a file and a folder");
    }
  }

  private void count(String name) throws ArchiveProblem {
    entries++;
    if (entries > limits.entries()) {
      throw new ArchiveProblem(name, "there are more than " + limits.entries() + " entries");
    }
  }

  private void grow(String name, int read, LongSupplier packed) throws ArchiveProblem {
    written += read;
    if (written > limits.bytes()) {
      throw new ArchiveProblem(
          name, "the unpacked files are larger than the " + limits.bytes() + " bytes allowed");
    }
    if (written > limits.ratioFloor() && written / limits.ratio() > packed.getAsLong()) {
      throw new ArchiveProblem(
          name, "it grows more than " + limits.ratio() + "-fold, which no model does");
    }
  }
}

package dev.modelyard.local.home;

import dev.modelyard.local.process.StartFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;

/**
 * The folder of one run: logs, pods, volumes, kubeconfig. It is locked while the run lasts; what a
 * former run left is removed, volumes apart.
 */
public final class Home implements AutoCloseable {
  private static final List<String> OF_ONE_RUN = List.of("logs", "pods", "apiserver", "kubeconfig");

  private final Path folder;
  private final FileChannel lockFile;
  private final FileLock lock;

  private Home(Path folder, FileChannel lockFile, FileLock lock) {
    this.folder = folder;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /** {@code $XDG_STATE_HOME/modelyard}, by default {@code ~/.local/state/modelyard}. */
  public static Path byDefault() {
    String state = System.getenv("XDG_STATE_HOME");
    return state != null && !state.isBlank()
        ? Path.of(state, "modelyard")
        : Path.of(System.getProperty("user.home"), ".local", "state", "modelyard");
  }

  /**
   * @throws StartFailure when another run has the folder, or it is a folder of something else
   */
  public static Home open(Path wanted) {
    Path folder = wanted.toAbsolutePath().normalize();
    try {
      if (Files.isDirectory(folder) && !Files.exists(folder.resolve("lock"))) {
        try (var entries = Files.list(folder)) {
          if (entries.findAny().isPresent()) {
            throw new StartFailure(
                folder + " holds other files: name a new or empty folder with --home=<folder>");
          }
        }
      }
      Files.createDirectories(folder);
      if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        // The kubeconfig and the token in it are the user's alone.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      }
      var channel =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new StartFailure(
            "another run uses "
                + folder
                + ": end it, or give this one a folder of its own with --home=<folder>");
      }
      for (String entry : OF_ONE_RUN) {
        remove(folder.resolve(entry));
      }
      Files.createDirectories(folder.resolve("logs"));
      return new Home(folder, channel, lock);
    } catch (IOException e) {
      throw new StartFailure("cannot use the folder " + folder + ": " + e, e);
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  public Path folder() {
    return folder;
  }

  public Path logs() {
    return folder.resolve("logs");
  }

  public Path kubeconfig() {
    return folder.resolve("kubeconfig");
  }

  /** Removes a folder with all that is in it. Links are removed, not followed. */
  public static void remove(Path path) {
    if (!Files.exists(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (var entries = Files.walk(path)) {
      for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(entry);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + path, e);
    }
  }

  @Override
  public void close() {
    try {
      lock.release();
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

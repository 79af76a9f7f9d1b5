package dev.modelyard.runtime.model.archive;

import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * Unpacks archives into {@code unpacked/<digest>/} of the cache. A folder of that name is always
 * whole, because it is unpacked elsewhere and then renamed; so it is used again after a restart.
 */
public final class ArchiveUnpacker {
  private static final String TEMPORARY = ".unpacking-";

  private final Path folder;
  private final ArchiveLimits limits;

  public ArchiveUnpacker(Path cache, ArchiveLimits limits) {
    this.folder = cache.resolve("unpacked");
    this.limits = limits;
  }

  /**
   * @param digest of the archive, {@code sha256:<hex>}
   * @return the folder that holds the model: where everything in the archive is in one folder, that
   *     one
   * @throws ModelFailure {@code ArchiveInvalid} with the entry's name; nothing is left behind
   */
  public Path unpack(Path archive, ArchiveKind kind, String digest) throws InterruptedException {
    Path target = folder.resolve(digest.substring(digest.indexOf(':') + 1));
    try {
      Files.createDirectories(folder);
      // Held by one process of those that share the cache, so that it may remove what others left.
      try (FileChannel lock = lock()) {
        if (!Files.isDirectory(target)) {
          removeLeftovers();
          unpackAtomically(archive, kind, target);
        }
      }
      return innermost(target);
    } catch (FileSystemException e) {
      throw new ModelFailure(
          FailureReason.SourceUnavailable, "the model cache cannot be written: " + e, e);
    } catch (IOException | IllegalArgumentException e) {
      // commons-compress also throws IllegalArgumentException for headers that make no sense.
      throw new ModelFailure(
          FailureReason.ArchiveInvalid, archive.getFileName() + ": " + e.getMessage(), e);
    }
  }

  private FileChannel lock() throws IOException {
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

  private void removeLeftovers() throws IOException {
    try (DirectoryStream<Path> old = Files.newDirectoryStream(folder, TEMPORARY + "*")) {
      for (Path each : old) {
        delete(each);
      }
    }
  }

  private void unpackAtomically(Path archive, ArchiveKind kind, Path target)
      throws IOException, InterruptedException {
    Path temporary = Files.createTempDirectory(folder, TEMPORARY);
    try {
      unpack(archive, kind, temporary);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      delete(temporary);
    }
  }

  private void unpack(Path archive, ArchiveKind kind, Path target)
      throws IOException, InterruptedException {
    EntryWriter writer = new EntryWriter(target, limits);
    switch (kind) {
      case ZIP -> unzip(archive, writer);
      case TAR_GZ -> untar(archive, writer);
    }
    try (Stream<Path> content = Files.list(target)) {
      if (content.findAny().isEmpty()) {
        throw new ArchiveProblem("there is nothing in it");
      }
    }
  }

  private static void unzip(Path archive, EntryWriter writer)
      throws IOException, InterruptedException {
    // Not the sizes that the entries claim: entries may overlap.
    long size = Files.size(archive);
    try (ZipFile zip = ZipFile.builder().setPath(archive).get()) {
      Enumeration<ZipArchiveEntry> entries = zip.getEntriesInPhysicalOrder();
      while (entries.hasMoreElements()) {
        ZipArchiveEntry entry = entries.nextElement();
        String name = entry.getName();
        if (entry.isDirectory()) {
          writer.folder(name);
        } else if (!isRegular(entry)) {
          throw new ArchiveProblem(name, "it is a link or a device; only files are unpacked");
        } else if (!zip.canReadEntryData(entry)) {
          throw new ArchiveProblem(name, "it is encrypted or packed in a way not known here");
        } else {
          try (InputStream content = zip.getInputStream(entry)) {
            writer.file(name, content, () -> size);
          }
        }
      }
    }
  }

  /** Archives made on Windows have no Unix mode: 0. */
  private static boolean isRegular(ZipArchiveEntry entry) {
    int type = entry.getUnixMode() & 0170000;
    return type == 0 || type == 0100000;
  }

  private static void untar(Path archive, EntryWriter writer)
      throws IOException, InterruptedException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), 1 << 16);
        GzipCompressorInputStream unzipped =
            GzipCompressorInputStream.builder()
                .setInputStream(file)
                .setDecompressConcatenated(true)
                .get();
        TarArchiveInputStream tar = new TarArchiveInputStream(unzipped)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        String name = entry.getName();
        if (entry.isDirectory()) {
          writer.folder(name);
        } else if (isRegular(entry)) {
          writer.file(name, tar, unzipped::getCompressedCount);
        } else {
          throw new ArchiveProblem(name, "it is a link or a device; only files are unpacked");
        }
      }
    }
  }

  /** Not {@code isFile()}, which holds for pipes and devices too. */
  private static boolean isRegular(TarArchiveEntry entry) {
    return entry.getLinkFlag() == TarConstants.LF_NORMAL
        || entry.getLinkFlag() == TarConstants.LF_OLDNORM;
  }

  private static Path innermost(Path target) throws IOException {
    try (Stream<Path> content = Files.list(target)) {
      List<Path> paths = content.limit(2).toList();
      return paths.size() == 1 && Files.isDirectory(paths.get(0)) ? paths.get(0) : target;
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> walk = Files.walk(folder).sorted(Comparator.reverseOrder())) {
      for (Iterator<Path> each = walk.iterator(); each.hasNext(); ) {
        Files.delete(each.next());
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}

package dev.modelyard.runtime.model.archive;

/**
 * What an archive may hold.
 *
 * @param bytes of all files together, unpacked
 * @param entries files and folders
 * @param ratio unpacked bytes for one packed byte
 * @param ratioFloor unpacked bytes below which the ratio does not count: a small file of zeros is
 *     harmless
 */
public record ArchiveLimits(long bytes, int entries, int ratio, long ratioFloor) {
  /** Deflate cannot do better than 1032:1; weights come nowhere near. */
  public static ArchiveLimits ofBytes(long bytes) {
    return new ArchiveLimits(bytes, 100_000, 1_000, 64L << 20);
  }
}

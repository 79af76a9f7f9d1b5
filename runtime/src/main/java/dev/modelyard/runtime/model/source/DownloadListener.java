package dev.modelyard.runtime.model.source;

/** Told how a download goes, on the thread that downloads. */
public interface DownloadListener {
  /** A transfer is needed; not told where the file is in the cache already. */
  void downloading();

  /**
   * @param received bytes that came over the network since the last call
   * @param done bytes of the file that are on disk, those of an earlier process included
   * @param total bytes of the whole file; -1 where the server does not say
   */
  void received(int received, long done, long total);

  /** The transfer broke off and is tried again. */
  void retrying(String why);
}

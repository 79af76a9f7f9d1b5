package dev.modelyard.runtime.model.source;

import java.util.ArrayList;
import java.util.List;

/** Keeps what a download has told. */
class Told implements DownloadListener {
  final List<String> troubles = new ArrayList<>();
  long received;
  long done;
  long total;

  @Override
  public void downloading() {}

  @Override
  public void received(int received, long done, long total) {
    this.received += received;
    this.done = done;
    this.total = total;
  }

  @Override
  public void retrying(String why) {
    troubles.add(why);
  }
}

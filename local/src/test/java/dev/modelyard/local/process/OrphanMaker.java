package dev.modelyard.local.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A JVM with a child, to be killed by a test. */
public final class OrphanMaker {
  private OrphanMaker() {}

  /**
   * @param words a folder; the child writes its process id into {@code pid} there
   */
  public static void main(String[] words) throws InterruptedException {
    Path folder = Path.of(words[0]);
    Supervised.start(
        List.of(
            "bash",
            "-c",
            "trap '' TERM INT HUP; echo $$ > pid.new; mv pid.new pid; sleep 600 & wait"),
        Map.of(),
        folder,
        folder.resolve("log"));
    TimeUnit.MINUTES.sleep(10);
  }
}

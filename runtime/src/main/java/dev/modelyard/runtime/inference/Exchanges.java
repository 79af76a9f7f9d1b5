package dev.modelyard.runtime.inference;

/** Counts answers that have been promised to a client and are not yet written to its connection. */
public final class Exchanges {
  private int open;

  public synchronized void begin() {
    open++;
  }

  public synchronized void end() {
    open--;
    if (open == 0) {
      notifyAll();
    }
  }

  /**
   * @param end {@link System#nanoTime()}
   * @return whether all were written by then
   */
  synchronized boolean awaitNone(long end) {
    while (open > 0) {
      long millis = (end - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        return false;
      }
      try {
        wait(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}

package dev.modelyard.local;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Lines for people, each with the seconds since the start. */
public final class Console {
  private final PrintStream out;
  private final long begin = System.nanoTime();

  public Console(PrintStream out) {
    this.out = out;
  }

  public synchronized void line(String text) {
    out.println(String.format(Locale.ROOT, "[%6.1fs] %s", elapsed().toMillis() / 1000.0, text));
    out.flush();
  }

  /** A line without a time: a result. */
  public synchronized void plain(String text) {
    out.println(text);
    out.flush();
  }

  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - begin);
  }
}

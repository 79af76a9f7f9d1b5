package dev.modelyard.local.process;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A child process that cannot outlive this JVM, however this JVM ends.
 *
 * <p>Its parent is a few lines of shell that hold the reading end of a pipe whose writing end only
 * this JVM has. A line in the pipe is a signal to send; the end of the pipe means that this JVM is
 * gone, and the child is killed. Child and watcher have process groups of their own, so that
 * neither Ctrl-C in a terminal nor a kill of this JVM's process group passes them by.
 */
public final class Supervised implements AutoCloseable {
  /** Exit code that a shell reports for a process killed by SIGKILL. */
  public static final int KILLED = 128 + 9;

  private static final Pattern SETTINGS =
      Pattern.compile("(MODELYARD|QUARKUS|KUBERNETES|SMALLRYE|ETCD)_.*|KUBECONFIG|BASH_ENV");

  private static final String WRAPPER =
      """
      set -m
      exec 3<&0 </dev/null
      "$@" 3<&- &
      child=$!
      ( trap '' INT TERM HUP
        exec >/dev/null 2>&1
        while read -r signal <&3; do kill -s "$signal" -- "-$child"; done
        kill -s KILL -- "-$child" ) &
      watcher=$!
      trap '' INT TERM HUP
      exec 3<&-
      # With job control, wait would also return for a child that is only stopped.
      set +m
      wait "$child"
      code=$?
      kill -s KILL -- "-$watcher" 2>/dev/null
      exit $code
      """;

  private final Process wrapper;

  private Supervised(Process wrapper) {
    this.wrapper = wrapper;
  }

  /**
   * Starts a command.
   *
   * @param environment variables added to this JVM's own, without those that configure Modelyard,
   *     Quarkus, etcd or a Kubernetes client
   * @param workingDirectory an existing folder
   * @param log file that the output is appended to
   * @throws UncheckedIOException when there is no bash or the folder is missing. A command that
   *     cannot be run exits with 126 or 127 instead
   */
  public static Supervised start(
      List<String> command, Map<String, String> environment, Path workingDirectory, Path log) {
    var words = new ArrayList<>(List.of("bash", "-c", WRAPPER, "modelyard-supervisor"));
    words.addAll(command);
    var builder =
        new ProcessBuilder(words)
            .directory(workingDirectory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    // Settings of the user's shell are not the child's: it gets the ones given here.
    builder.environment().keySet().removeIf(SETTINGS.asMatchPredicate());
    builder.environment().putAll(environment);
    try {
      return new Supervised(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command.get(0) + ": " + e.getMessage(), e);
    }
  }

  public boolean isAlive() {
    return wrapper.isAlive();
  }

  /** The exit code; 128 and the signal's number for a process that a signal ended. */
  public int exitCode() {
    return wrapper.exitValue();
  }

  public CompletableFuture<Void> onExit() {
    return wrapper.onExit().thenAccept(ended -> {});
  }

  public boolean waitFor(Duration limit) {
    try {
      return wrapper.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return !wrapper.isAlive();
    }
  }

  /** Asks it to end. */
  public void terminate() {
    signal("TERM");
  }

  /** Ends it. */
  public void kill() {
    signal("KILL");
  }

  /**
   * Asks it to end, waits, then ends it.
   *
   * @return whether it ended by itself
   */
  public boolean stop(Duration grace) {
    terminate();
    if (waitFor(grace)) {
      return true;
    }
    kill();
    waitFor(Duration.ofSeconds(5));
    return false;
  }

  @Override
  public void close() {
    stop(Duration.ofSeconds(10));
  }

  private void signal(String name) {
    OutputStream pipe = wrapper.getOutputStream();
    try {
      synchronized (pipe) {
        pipe.write((name + "\n").getBytes(StandardCharsets.US_ASCII));
        pipe.flush();
      }
    } catch (IOException e) {
      // The reader is gone, so the child has ended; anything else is worth an exception.
      if (wrapper.isAlive() && !waitFor(Duration.ofSeconds(1))) {
        throw new UncheckedIOException("cannot signal process " + wrapper.pid(), e);
      }
    }
  }
}

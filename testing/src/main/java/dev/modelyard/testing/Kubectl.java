package dev.modelyard.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The kubectl that belongs to the API server, away from the user's own files. */
public record Kubectl(Path program, Path kubeconfig, Path cache) {
  private static final long LIMIT_SECONDS = 120;

  /** Output and error output in one. */
  public record Result(List<String> command, int exitCode, String output) {

    /**
     * @throws AssertionError with the output where it failed
     */
    public String succeeded() {
      if (exitCode != 0) {
        throw new AssertionError(command + " ended with " + exitCode + ": " + output);
      }
      return output;
    }
  }

  /** Runs it to its end, at most two minutes. */
  public Result run(String... arguments) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .putAll(Map.of("KUBECONFIG", kubeconfig.toString(), "KUBECACHEDIR", cache.toString()));
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      process.onExit().orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).exceptionally(late(process));
      String output = new String(process.getInputStream().readAllBytes());
      return new Result(command, process.waitFor(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Function<Throwable, Process> late(Process process) {
    return timeout -> {
      process.destroyForcibly();
      return process;
    };
  }
}

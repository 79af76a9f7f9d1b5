package dev.modelyard.e2e.support;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** The kubectl that people use, against the cluster of the run and in one namespace. */
public final class Kubectl {
  private static final long LIMIT_SECONDS = 300;

  private final Path program;
  private final String namespace;

  private Kubectl(Path program, String namespace) {
    this.program = program;
    this.namespace = namespace;
  }

  /** Skips the test where there is no kubectl: neither MODELYARD_KUBECTL nor on the PATH. */
  public static Kubectl in(Space space) {
    Optional<Path> program =
        Settings.variable("MODELYARD_KUBECTL").map(Path::of).or(Kubectl::onPath);
    Assumptions.assumeTrue(
        program.isPresent(), "no kubectl on the PATH, and MODELYARD_KUBECTL is not set");
    return new Kubectl(program.get(), space.name());
  }

  /** What it prints, output and errors together. */
  public Answer run(String... arguments) {
    List<String> command = new ArrayList<>(List.of(program.toString(), "--namespace", namespace));
    command.addAll(Arrays.asList(arguments));
    Program.Ended ended = Program.run(command, LIMIT_SECONDS);
    return new Answer(ended.exit(), ended.output());
  }

  /**
   * What it prints when all is well.
   *
   * @throws AssertionError with its words when it fails
   */
  public String get(String... arguments) {
    Answer answer = run(arguments);
    if (answer.exit() != 0) {
      throw new AssertionError(
          "kubectl %s: exit code %d\n%s"
              .formatted(String.join(" ", arguments), answer.exit(), answer.text()));
    }
    return answer.text();
  }

  private static Optional<Path> onPath() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> Path.of(folder, "kubectl"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  public record Answer(int exit, String text) {}
}

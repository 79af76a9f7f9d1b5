package dev.modelyard.local.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./modelyard} builds, keeps and mends, with a Maven and a Java that only pretend. */
class FirstCommandTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final List<String> MODULES = List.of("local", "operator", "gateway", "runtime");
  private static final String JAVA =
      """
      #!/usr/bin/env bash
      case "$*" in
        *-XshowSettings*) echo "    java.specification.version = 17" >&2 ;;
        *) echo "RAN ${@: -1}" ;;
      esac
      """;

  /** Writes the modules' artifacts, or does what the file {@code mvn-does} of its folder says. */
  private static final String MAVEN =
      """
      #!/usr/bin/env bash
      echo "$*" >> mvn-calls
      while [ "$1" != -pl ]; do shift; done
      artifact() {
        case "$1" in
          local) echo local/target/modelyard-local-0.1.0-SNAPSHOT.jar ;;
          *) echo "$1/target/quarkus-app/quarkus-run.jar" ;;
        esac
      }
      for module in ${2//,/ }; do
        case "$(cat mvn-does 2> /dev/null)" in
          fail) echo "[ERROR] cannot find symbol"; exit 1 ;;
          hang) mkdir -p "$module/target"; echo half > "$(artifact "$module")"
                echo $$ > mvn-pid; mv mvn-pid mvn-hangs; exec sleep 600 ;;
          wait) echo $$ > mvn-pid; mv mvn-pid mvn-hangs; until [ -e go-on ]; do sleep 0.05; done ;;
        esac
        mkdir -p "$(dirname "$(artifact "$module")")"
        echo whole > "$(artifact "$module")"
      done
      """;

  @TempDir Path folder;
  private Path tree;
  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void layOut() throws IOException {
    tree = Files.createDirectory(folder.resolve("tree"));
    program("jdk/bin/java", JAVA);
    program("bin/mvn", MAVEN);
    for (String file : List.of("modelyard", "build/maven.sh")) {
      Path copy = tree.resolve(file);
      Files.createDirectories(copy.getParent());
      Files.copy(ROOT.resolve(file), copy);
      copy.toFile().setExecutable(true);
    }
    write("pom.xml", "<project/>");
    for (String module : List.of("crds", "local", "operator", "gateway", "runtime")) {
      write(module + "/pom.xml", "<project/>");
      write(module + "/src/main/Source.java", "class Source {}");
    }
  }

  @AfterEach
  void end() {
    for (Process process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  @Test
  void buildsWhatIsMissingOnceAndRuns() throws Exception {
    assertThat(demo()).contains("building local,operator,gateway,runtime", "RAN demo");
    assertThat(demo()).doesNotContain("building").contains("RAN demo");
    assertThat(artifacts()).containsOnly("whole");
  }

  @Test
  void aBuildThatFailsKeepsWhatWasBuiltAndSpoilsNothing() throws Exception {
    demo();
    edit("local/src/main/Source.java");
    write("mvn-does", "fail");

    Process failed = start("demo");
    assertThat(failed.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(failed.exitValue()).isEqualTo(1);
    assertThat(output(failed)).contains("cannot find symbol", "the build failed");
    assertThat(artifacts()).containsOnly("whole");

    Files.delete(tree.resolve("mvn-does"));
    assertThat(demo()).contains("building local\n", "RAN demo").doesNotContain("midway");
  }

  @Test
  void whatAKilledBuildWroteIsBuiltAnewAndTheRestIsKept() throws Exception {
    demo();
    edit("local/src/main/Source.java");
    write("operator/target/kept", "of an earlier build");
    killedMidway();
    assertThat(tree.resolve("local/target/modelyard-local-0.1.0-SNAPSHOT.jar")).hasContent("half");

    assertThat(demo()).contains("ended midway", "local/target", "building local\n", "RAN demo");
    assertThat(artifacts()).containsOnly("whole");
    assertThat(tree.resolve("operator/target/kept")).exists();
    assertThat(demo()).doesNotContain("building");
  }

  @Test
  void whatIsBuiltAfterAKilledBuildIsKept() throws Exception {
    demo();
    edit("local/src/main/Source.java");
    killedMidway();
    // What mvn verify does.
    for (String module : MODULES) {
      Files.writeString(artifact(module), "verified");
    }

    assertThat(demo()).doesNotContain("building").contains("RAN demo");
    assertThat(artifacts()).containsOnly("verified");
  }

  @Test
  void twoAtOnceBuildOnce() throws Exception {
    write("mvn-does", "wait");
    Process first = start("demo");
    await().atMost(LIMIT).until(() -> Files.exists(tree.resolve("mvn-hangs")));
    Process second = start("demo");
    await().atMost(LIMIT).until(() -> output(second).contains("waiting for another build"));
    write("go-on", "");

    for (Process process : List.of(first, second)) {
      assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(output(process)).contains("RAN demo");
    }
    assertThat(Files.readAllLines(tree.resolve("mvn-calls"))).hasSize(1);
  }

  /** Kills the script with SIGKILL while Maven writes, and waits until its Maven has ended too. */
  private void killedMidway() throws Exception {
    write("mvn-does", "hang");
    Process killed = start("demo");
    Path hangs = tree.resolve("mvn-hangs");
    await().atMost(LIMIT).until(() -> Files.exists(hangs));
    long maven = Long.parseLong(Files.readString(hangs).strip());
    killed.destroyForcibly();
    await()
        .atMost(LIMIT)
        .until(() -> ProcessHandle.of(maven).filter(ProcessHandle::isAlive).isEmpty());
    await().atMost(LIMIT).until(() -> Files.exists(tree.resolve("target/killed")));
    Files.delete(tree.resolve("mvn-does"));
  }

  private String demo() throws Exception {
    Process process = start("demo");
    assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output(process)).isZero();
    return output(process);
  }

  private Process start(String command) throws IOException {
    var builder = new ProcessBuilder("bash", tree.resolve("modelyard").toString(), command);
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().merge("PATH", "", (path, none) -> folder.resolve("bin") + ":" + path);
    builder.redirectErrorStream(true);
    builder.redirectOutput(folder.resolve("output-" + started.size()).toFile());
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private String output(Process process) throws IOException {
    return Files.readString(folder.resolve("output-" + started.indexOf(process)));
  }

  private List<String> artifacts() throws IOException {
    var contents = new ArrayList<String>();
    for (String module : MODULES) {
      contents.add(Files.readString(artifact(module)).strip());
    }
    return contents;
  }

  private Path artifact(String module) {
    return tree.resolve(
        module.equals("local")
            ? "local/target/modelyard-local-0.1.0-SNAPSHOT.jar"
            : module + "/target/quarkus-app/quarkus-run.jar");
  }

  /** As an editor does after the last build; times are set, since clocks of files are coarse. */
  private void edit(String source) throws IOException {
    Files.setLastModifiedTime(tree.resolve(source), FileTime.from(Instant.now()));
  }

  private void program(String path, String script) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, script);
    file.toFile().setExecutable(true);
  }

  private void write(String path, String text) throws IOException {
    Path file = tree.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}

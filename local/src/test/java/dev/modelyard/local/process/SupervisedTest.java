package dev.modelyard.local.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisedTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path folder;

  private Supervised bash(String script) {
    return Supervised.start(
        List.of("bash", "-c", script), Map.of("GREETING", "hello"), folder, folder.resolve("log"));
  }

  @Test
  void reportsExitCodeAndOutput() throws Exception {
    try (var process = bash("echo \"$GREETING from $PWD\"; exit 7")) {
      assertThat(process.waitFor(LIMIT)).isTrue();
      assertThat(process.exitCode()).isEqualTo(7);
    }
    assertThat(folder.resolve("log")).content().contains("hello from " + folder.toRealPath());
  }

  @Test
  void terminatesAndKills() {
    try (var polite = bash("trap 'exit 3' TERM; touch ready; sleep 600 & wait")) {
      await().atMost(LIMIT).until(() -> Files.exists(folder.resolve("ready")));
      assertThat(polite.stop(LIMIT)).isTrue();
      assertThat(polite.exitCode()).isEqualTo(3);
    }
    try (var stubborn = bash("trap '' TERM; touch stubborn; sleep 600 & wait")) {
      await().atMost(LIMIT).until(() -> Files.exists(folder.resolve("stubborn")));
      assertThat(stubborn.stop(Duration.ofMillis(300))).isFalse();
      assertThat(stubborn.exitCode()).isEqualTo(Supervised.KILLED);
    }
  }

  @Test
  void aStoppedChildHasNotEnded() throws Exception {
    try (var process = bash("echo $$ > starting; mv starting pid; exec sleep 600")) {
      Path pid = folder.resolve("pid");
      await().atMost(LIMIT).until(() -> Files.exists(pid));
      String child = Files.readString(pid).strip();
      new ProcessBuilder("kill", "-s", "STOP", child).start().waitFor();
      await().atMost(LIMIT).until(() -> state(child).startsWith("T"));

      // The shell that waits for it would be told at once; nothing else tells that it was not.
      assertThat(process.waitFor(Duration.ofSeconds(1))).isFalse();
      assertThat(process.isAlive()).isTrue();

      process.kill();
      assertThat(process.waitFor(LIMIT)).isTrue();
      assertThat(process.exitCode()).isEqualTo(Supervised.KILLED);
    }
  }

  /** As ps tells it: T is stopped. */
  private static String state(String pid) throws Exception {
    Process ps = new ProcessBuilder("ps", "-o", "stat=", "-p", pid).start();
    return new String(ps.getInputStream().readAllBytes()).strip();
  }

  @Test
  void aCommandThatIsNotThereExitsWith127() {
    try (var process =
        Supervised.start(
            List.of(folder.resolve("no such command").toString()),
            Map.of(),
            folder,
            folder.resolve("log"))) {
      assertThat(process.waitFor(LIMIT)).isTrue();
      assertThat(process.exitCode()).isEqualTo(127);
    }
  }

  @Test
  void aKilledParentLeavesNoChild() throws Exception {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OrphanMaker.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("parent.log").toFile())
            .start();
    try {
      Path pid = folder.resolve("pid");
      await().atMost(LIMIT).until(() -> Files.exists(pid));
      ProcessHandle child =
          ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
      List<ProcessHandle> all = parent.descendants().toList();
      assertThat(all).contains(child);

      parent.destroyForcibly(); // SIGKILL: no hook of the parent runs
      assertThat(parent.waitFor()).isEqualTo(Supervised.KILLED);

      await().atMost(LIMIT).until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
    } finally {
      parent.descendants().forEach(ProcessHandle::destroyForcibly);
      parent.destroyForcibly();
    }
  }
}

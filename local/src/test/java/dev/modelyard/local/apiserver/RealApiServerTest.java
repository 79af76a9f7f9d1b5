package dev.modelyard.local.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.modelyard.local.home.Home;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the laptop says of a kube-apiserver or etcd that ends; skipped where there is none. */
class RealApiServerTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path folder;
  private Home home;
  private RealApiServer server;

  @BeforeEach
  void start() throws IOException {
    Optional<KubernetesBinaries> binaries = KubernetesBinaries.present();
    assumeTrue(binaries.isPresent(), "no kube-apiserver and etcd: e2e/cluster/build apiserver");
    home = Home.open(folder.resolve("home"));
    server = RealApiServer.start(home, binaries.get());
  }

  @AfterEach
  void close() {
    if (server != null) {
      server.close();
      home.close();
    }
  }

  @Test
  void saysThatEtcdHasEndedAndHow() throws Exception {
    assertThat(server.ended()).isEmpty();
    signal("KILL", "etcd");
    await().atMost(LIMIT).until(() -> server.ended().isPresent());
    assertThat(server.ended().orElseThrow())
        .startsWith("etcd has ended with 137. ")
        .contains("etcd.log ends:\n  {");
  }

  @Test
  void saysThatTheApiServerHasEndedButNotThatAStoppedOneHas() throws Exception {
    ProcessHandle process = signal("STOP", "kube-apiserver");
    await().atMost(LIMIT).until(() -> state(process).startsWith("T"));
    assertThat(server.ended()).isEmpty();

    signal("KILL", "kube-apiserver");
    await().atMost(LIMIT).until(() -> server.ended().isPresent());
    assertThat(server.ended().orElseThrow()).startsWith("kube-apiserver has ended with 137. ");
  }

  private static ProcessHandle signal(String name, String program) throws Exception {
    ProcessHandle process =
        ProcessHandle.current()
            .descendants()
            .filter(child -> child.info().command().orElse("").endsWith("/" + program))
            .findFirst()
            .orElseThrow();
    new ProcessBuilder("kill", "-s", name, String.valueOf(process.pid())).start().waitFor();
    return process;
  }

  /** As ps tells it: T is stopped. */
  private static String state(ProcessHandle process) throws IOException {
    Process ps =
        new ProcessBuilder("ps", "-o", "stat=", "-p", String.valueOf(process.pid())).start();
    return new String(ps.getInputStream().readAllBytes()).strip();
  }
}

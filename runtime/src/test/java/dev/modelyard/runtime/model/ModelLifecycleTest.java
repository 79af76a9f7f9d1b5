package dev.modelyard.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.runtime.model.source.FileServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLifecycleTest {
  private static final byte[] ABC = "abc".getBytes(StandardCharsets.US_ASCII);
  private static final String ABC_DIGEST =
      "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  private static final String OTHER_DIGEST = "sha256:" + "0".repeat(64);

  @TempDir private Path folder;
  private LifecycleRig rig;
  private FileServer server;

  @BeforeEach
  void start() throws IOException {
    rig = new LifecycleRig(folder);
    server = new FileServer();
  }

  @AfterEach
  void stop() {
    rig.close();
    server.close();
  }

  private String file() throws IOException {
    return Files.write(folder.resolve("model.onnx"), ABC).toUri().toString();
  }

  private String terminationLog() throws IOException {
    return Files.readString(rig.terminationLog());
  }

  @Test
  void aFileIsServedFromWhereItIs() throws Exception {
    rig.environment.put("MODELYARD_MODEL_DIGEST", ABC_DIGEST);
    rig.start(file()).awaitReady();

    assertThat(rig.given.get()).isEqualTo(folder.resolve("model.onnx"));
    assertThat(rig.events).containsExactly("load", "timed LOAD", "warm up", "timed WARM_UP");
    ModelStatus status = rig.lifecycle.status();
    assertThat(status.digest()).contains(new ModelStatus.Files(ABC_DIGEST, 3));
    assertThat(status.loaded()).contains(new ModelStatus.Loaded("OnnxRuntime", "cpu"));
    assertThat(status.timings()).containsOnlyKeys(Phase.LOAD, Phase.WARM_UP);
    assertThat(rig.lifecycle.started()).isTrue();
    assertThat(rig.terminationLog()).doesNotExist();
    assertThat(rig.exits).isEmpty();
  }

  @Test
  void aDownloadIsTimedCountedAndKept() throws Exception {
    server.on("/model.onnx", FileServer.file(ABC, "\"a\""));
    rig.start(server.uri("/model.onnx").toString()).awaitReady();

    assertThat(rig.events).startsWith("timed DOWNLOAD", "load");
    assertThat(rig.lifecycle.downloadedBytes()).isEqualTo(3);
    assertThat(rig.lifecycle.status().progress()).isEmpty();

    try (LifecycleRig restarted = new LifecycleRig(folder)) {
      restarted.start(server.uri("/model.onnx").toString()).awaitReady();
      assertThat(restarted.lifecycle.downloadedBytes()).isZero();
      assertThat(restarted.events).doesNotContain("timed DOWNLOAD");
    }
    assertThat(server.requests).hasSize(1);
  }

  @Test
  void aWrongDigestNeverReachesTheEngine() throws Exception {
    rig.environment.put("MODELYARD_MODEL_DIGEST", OTHER_DIGEST);
    rig.start(file());

    assertThat(rig.awaitExit()).isEqualTo(1);
    assertThat(rig.events).isEmpty();
    assertThat(rig.lifecycle.status().state()).isEqualTo(ModelState.FAILED);
    assertThat(terminationLog())
        .isEqualTo(
            "DigestMismatch: expected " + OTHER_DIGEST + ", the file has " + ABC_DIGEST + "\n");
  }

  @Test
  void aWrongDigestOfADownloadIsNotKept() throws Exception {
    rig.environment.put("MODELYARD_MODEL_DIGEST", ABC_DIGEST);
    byte[] wrong = "xyz".getBytes(StandardCharsets.US_ASCII);
    server.on("/model.onnx", FileServer.file(wrong, "\"w\""), FileServer.file(ABC, "\"a\""));
    rig.start(server.uri("/model.onnx").toString());
    assertThat(rig.awaitExit()).isEqualTo(1);
    assertThat(terminationLog()).startsWith("DigestMismatch: ");
    assertThat(rig.events).doesNotContain("load");

    try (LifecycleRig restarted = new LifecycleRig(folder)) {
      restarted.environment.put("MODELYARD_MODEL_DIGEST", ABC_DIGEST);
      restarted.start(server.uri("/model.onnx").toString()).awaitReady();
    }
  }

  @Test
  void aFileThatRottedInTheCacheIsFetchedAgain() throws Exception {
    server.on("/model.onnx", FileServer.file(ABC, "\"a\""));
    rig.start(server.uri("/model.onnx").toString()).awaitReady();
    Files.writeString(rig.given.get(), "rot");

    try (LifecycleRig restarted = new LifecycleRig(folder)) {
      restarted.start(server.uri("/model.onnx").toString()).awaitReady();
      assertThat(restarted.given.get()).hasBinaryContent(ABC);
    }
    assertThat(server.requests).hasSize(2);
  }

  @Test
  void anArchiveIsUnpackedAndTheDigestIsTheArchives() throws Exception {
    Path archive = folder.resolve("model.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
      zip.putNextEntry(new ZipEntry("model.onnx"));
      zip.write(ABC);
    }
    rig.start(archive.toUri().toString()).awaitReady();

    assertThat(rig.given.get().resolve("model.onnx")).hasBinaryContent(ABC);
    assertThat(rig.lifecycle.status().digest().orElseThrow().sizeBytes())
        .isEqualTo(Files.size(archive));
  }

  @Test
  void whatTheEngineSaysIsTheMessage() throws Exception {
    rig.engine =
        model -> {
          throw new ModelFailure(FailureReason.ModelLoadFailed, "no protobuf");
        };
    rig.start(file());

    assertThat(rig.awaitExit()).isEqualTo(1);
    assertThat(terminationLog()).isEqualTo("ModelLoadFailed: no protobuf\n");
    assertThat(rig.lifecycle.started()).isFalse();
  }

  @Test
  void anUnexpectedErrorIsNamedByItsState() throws Exception {
    rig.warmUp =
        () -> {
          throw new IllegalArgumentException("shape");
        };
    rig.start(file());

    assertThat(rig.awaitExit()).isEqualTo(1);
    assertThat(terminationLog())
        .isEqualTo("WarmUpFailed: java.lang.IllegalArgumentException: shape\n");
  }

  @Test
  void outOfMemoryIsNamed() throws Exception {
    rig.engine =
        model -> {
          throw new OutOfMemoryError("Java heap space");
        };
    rig.start(file());

    assertThat(rig.awaitExit()).isEqualTo(1);
    assertThat(terminationLog()).startsWith("OutOfMemory: Java heap space, while LOADING");
  }

  @Test
  void aLoadThatHangsIsEndedByTheTimeout() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    rig.environment.put("MODELYARD_MODEL_LOAD_TIMEOUT", "PT0.2S");
    // Like native code, it does not mind being interrupted.
    rig.engine =
        model -> {
          while (never.getCount() > 0) {
            Thread.onSpinWait();
          }
          throw new IllegalStateException("too late");
        };
    rig.start(file());

    assertThat(rig.awaitExit()).isEqualTo(1);
    assertThat(terminationLog()).startsWith("LoadTimeout: not ready PT0.2S after the start");
    never.countDown();
    assertThat(rig.lifecycle.status().failure().orElseThrow().reason())
        .isEqualTo(FailureReason.LoadTimeout);
  }

  @Test
  void aTerminationLogThatCannotBeWrittenDoesNotHideTheEnd() throws Exception {
    rig.environment.put("MODELYARD_TERMINATION_LOG", folder.resolve("no/such/file").toString());
    rig.start("file:///does/not/exist.onnx");

    assertThat(rig.awaitExit()).isEqualTo(1);
    assertThat(rig.lifecycle.status().failure().orElseThrow().reason())
        .isEqualTo(FailureReason.SourceNotFound);
  }

  @Test
  void shutdownDrainsBeforeItExits() throws Exception {
    rig.environment.put("MODELYARD_SHUTDOWN_GRACE", "PT60S");
    rig.start(file()).awaitReady();
    Shutdown shutdown = rig.shutdown();

    shutdown.run();
    shutdown.run();

    assertThat(rig.awaitExit()).isZero();
    assertThat(rig.exits).isEmpty();
    assertThat(rig.events).endsWith("closing", "drain in DRAINING within PT58S", "close");
    assertThat(rig.lifecycle.draining()).isTrue();
    assertThat(rig.lifecycle.ready()).isFalse();
    assertThat(rig.lifecycle.started()).isTrue();
    assertThat(rig.terminationLog()).doesNotExist();
  }

  @Test
  void aModelInUseIsNotClosed() throws Exception {
    rig.drains = false;
    rig.start(file()).awaitReady();

    rig.shutdown().run();

    assertThat(rig.awaitExit()).isZero();
    assertThat(rig.events).doesNotContain("close");
  }

  @Test
  void shutdownWhileDownloadingIsNoFailure() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    server.on(
        "/model.onnx",
        exchange -> {
          asked.countDown();
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    rig.start(server.uri("/model.onnx").toString());
    asked.await();
    assertThat(rig.lifecycle.status().state()).isEqualTo(ModelState.DOWNLOADING);

    rig.shutdown().run();

    assertThat(rig.awaitExit()).isZero();
    assertThat(rig.lifecycle.status().state()).isEqualTo(ModelState.DRAINING);
    assertThat(rig.lifecycle.status().failure()).isEmpty();
    assertThat(rig.events).isEmpty();
    assertThat(rig.terminationLog()).doesNotExist();
  }
}

package dev.modelyard.runtime.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.runtime.inference.InferenceService;
import dev.modelyard.runtime.model.LifecycleRig;
import jakarta.enterprise.inject.Instance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthChecksTest {
  @TempDir private Path folder;

  @Test
  void readyEndsWithShutdownButStartedDoesNot() throws Exception {
    Path model = Files.writeString(folder.resolve("model.onnx"), "abc");
    try (LifecycleRig rig = new LifecycleRig(folder)) {
      rig.start(model.toUri().toString()).awaitReady();
      assertStatus(new StartedCheck(rig.lifecycle()).call(), Status.UP, "READY");
      assertStatus(new ReadyCheck(rig.lifecycle()).call(), Status.UP, "READY");

      rig.shutDown();

      assertStatus(new StartedCheck(rig.lifecycle()).call(), Status.UP, "DRAINING");
      assertStatus(new ReadyCheck(rig.lifecycle()).call(), Status.DOWN, "DRAINING");
    }
  }

  @Test
  void aModelThatCannotBeLoadedIsNeitherStartedNorReady() throws Exception {
    try (LifecycleRig rig = new LifecycleRig(folder)) {
      rig.start("file:///does/not/exist.onnx").awaitExit();

      assertStatus(new StartedCheck(rig.lifecycle()).call(), Status.DOWN, "FAILED");
      assertStatus(new ReadyCheck(rig.lifecycle()).call(), Status.DOWN, "FAILED");
    }
  }

  @Test
  @SuppressWarnings("unchecked")
  void aWorkerThatHangsIsNotLive() {
    AtomicReference<Optional<String>> hung = new AtomicReference<>(Optional.empty());
    InferenceService service =
        LifecycleRig.answering(InferenceService.class, Map.of("hung", arguments -> hung.get()));
    LiveCheck check =
        new LiveCheck(LifecycleRig.answering(Instance.class, Map.of("get", arguments -> service)));

    assertThat(check.call().getStatus()).isEqualTo(Status.UP);
    hung.set(Optional.of("worker 1 is busy with one batch for PT5M"));
    assertThat(check.call().getStatus()).isEqualTo(Status.DOWN);
    assertThat(check.call().getData())
        .get()
        .isEqualTo(Map.of("hung", "worker 1 is busy with one batch for PT5M"));
  }

  private static void assertStatus(HealthCheckResponse response, Status status, String state) {
    assertThat(response.getStatus()).isEqualTo(status);
    assertThat(response.getData()).get().isEqualTo(Map.of("state", state));
  }
}

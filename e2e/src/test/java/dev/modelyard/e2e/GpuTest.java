package dev.modelyard.e2e;

import static dev.modelyard.e2e.support.FakeGpus.GPU;
import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.e2e.support.Cluster;
import dev.modelyard.e2e.support.Disruptive;
import dev.modelyard.e2e.support.FakeGpus;
import dev.modelyard.e2e.support.Load;
import dev.modelyard.e2e.support.ReplicaHistory;
import dev.modelyard.e2e.support.Settings;
import dev.modelyard.e2e.support.Space;
import dev.modelyard.e2e.support.Streams;
import dev.modelyard.e2e.support.WaitingPods;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What {@code spec.gpu} asks of the scheduler, with GPUs that are numbers on a node. It runs alone:
 * other tests ask for GPUs that must not be there, and the taint keeps their pods away.
 *
 * <p>The runtime rightly refuses to serve where it was given a GPU and finds no CUDA. A system
 * property outranks the environment in MicroProfile Config, so the pods that are to become Ready
 * are told by {@code JAVA_TOOL_OPTIONS} to compute on the CPU; for the scheduler and the kubelet
 * nothing changes.
 */
@Disruptive
class GpuTest {
  private static final String ON_THE_CPU =
      "runtime: {env: [{name: JAVA_TOOL_OPTIONS, value: -Dmodelyard.gpu.count=0}]}\n";

  /** What issue 3 allows from a cause to its being told. */
  private static final Duration TOLD = Duration.ofSeconds(15);

  private FakeGpus gpus;

  @BeforeEach
  void nodeWithGpus(Cluster cluster) {
    gpus = FakeGpus.on(cluster.client());
  }

  @AfterEach
  void removeGpus() {
    if (gpus != null) {
      gpus.close();
    }
  }

  @Test
  void thirdReplicaOnTwoGpusSaysWhyAndFreedGpusAreTaken(Space space) {
    gpus.offer(GPU, 2);
    apply(space, "digits", 3, "gpu: {count: 1}");
    space.await(
        "digits",
        "to run on both GPUs",
        Space.PATIENCE,
        found -> found.getStatus() != null && is(found.getStatus().readyReplicas(), 2));
    Condition ready = space.awaitReason("digits", "Ready", "Unschedulable", Duration.ofSeconds(15));
    PodCondition cause = unscheduled(space, "digits");
    assertThat(cause.getMessage()).contains("Insufficient nvidia.com/gpu");
    assertThat(ready.getStatus()).isEqualTo("False");
    assertThat(ready.getMessage())
        .startsWith("2 of 3 replicas are ready. Unschedulable: ")
        .contains(cause.getMessage().strip().replaceAll("\\s+", " "));
    Condition scheduled = space.condition("digits", "Scheduled").orElseThrow();
    assertThat(scheduled.getStatus()).isEqualTo("False");
    assertThat(scheduled.getReason()).isEqualTo("Unschedulable");
    assertThat(toldAfter(space, "digits", cause)).isLessThan(TOLD);
    assertThat(space.pods("digits").stream().filter(GpuTest::isReady))
        .hasSize(2)
        .allMatch(pod -> gpus.node().equals(pod.getSpec().getNodeName()));
    assertThat(answer(space, "digits")).contains("\"data\":[7]");

    space.scale("digits", 2);
    space.awaitServing("digits");

    apply(space, "other", 1, "gpu: {count: 1}");
    space.awaitReason("other", "Ready", "Unschedulable", Space.PATIENCE);
    space.scale("digits", 1);
    space.awaitServing("other");
    space.awaitServing("digits");
  }

  @Test
  void partitionsOfGpusAreCountedByTheirProfile(Space space) {
    gpus.offer("nvidia.com/mig-1g.10gb", 1)
        .offer(GPU, 0)
        .label("nvidia.com/mig-1g.10gb.memory", "9856");
    apply(space, "digits", 2, "gpu: {count: 1, partition: 1g.10gb, minMemory: 9Gi}");
    apply(space, "larger", 1, "gpu: {count: 1, partition: 1g.10gb, minMemory: 10Gi}");
    space.await(
        "digits",
        "to run on the partition",
        Space.PATIENCE,
        found -> found.getStatus() != null && is(found.getStatus().readyReplicas(), 1));
    Condition ready = space.awaitReason("digits", "Ready", "Unschedulable", Duration.ofSeconds(15));
    assertThat(ready.getMessage()).contains("Insufficient nvidia.com/mig-1g.10gb");
    // 9856 MiB, as a real profile has, are less than the 10 GiB of its name.
    assertThat(space.awaitReason("larger", "Ready", "Unschedulable", Space.PATIENCE).getMessage())
        .contains("didn't match Pod's node affinity/selector");

    gpus.offer("nvidia.com/mig-1g.10gb", 2);
    space.awaitServing("digits");
  }

  @Test
  void taintedNodesTakeGpuModelsOnlyAndLabelsChooseAmongThem(Space space) {
    gpus.offer(GPU, 2)
        .taint()
        .label("nvidia.com/gpu.product", "NVIDIA-H200")
        .label("nvidia.com/gpu.memory", "143771");
    apply(
        space,
        "fits",
        1,
        "gpu: {count: 1, products: [NVIDIA-H100, NVIDIA-H200], minMemory: 140Gi}");
    apply(space, "product", 1, "gpu: {count: 1, products: [NVIDIA-A100]}");
    apply(space, "memory", 1, "gpu: {count: 1, minMemory: 141Gi}");
    space.apply(
        "cpu",
        space.digits(1, 1)
            + "placement: {nodeSelector: {kubernetes.io/hostname: %s}}\n".formatted(gpus.node()));

    ModelDeployment fits = space.awaitLoaded("fits");
    assertThat(space.pods("fits"))
        .singleElement()
        .satisfies(pod -> assertThat(pod.getSpec().getNodeName()).isEqualTo(gpus.node()));
    assertThat(fits.getStatus().stable().model().device()).isEqualTo("cpu");
    for (String model : List.of("product", "memory")) {
      assertThat(space.awaitReason(model, "Ready", "Unschedulable", Space.PATIENCE).getMessage())
          .contains("didn't match Pod's node affinity/selector");
    }
    assertThat(space.awaitReason("cpu", "Ready", "Unschedulable", Space.PATIENCE).getMessage())
        .contains("untolerated taint");

    gpus.label("nvidia.com/gpu.memory", "147000");
    space.awaitServing("memory");
  }

  @Test
  void loadThatNoGpuIsThereForLeavesOnePodWaiting(Space space) {
    gpus.offer(GPU, 2);
    apply(space, "other", 1, "gpu: {count: 1}");
    space.apply(
        "digits",
        space.autoscaled(1, "{minReplicas: 1, maxReplicas: 4, target: {requestsPerSecond: 8}}")
            + "gpu: {count: 1}\n"
            + ON_THE_CPU);
    space.awaitServing("other");
    space.awaitServing("digits");
    try (WaitingPods waiting = WaitingPods.fromNow(space, "digits");
        ReplicaHistory history = ReplicaHistory.fromNow(space, "digits")) {
      Load load = space.gatewayLoad("digits", 8, 100);
      Condition told =
          space.awaitReason("digits", "AutoscalingActive", "Unschedulable", Space.PATIENCE);
      assertThat(told.getMessage()).contains("would be right, but the scheduler");
      Awaitility.await("one pod to wait")
          .atMost(Space.PATIENCE)
          .until(() -> history.last() == 2 && waiting.now() == 1);
      int most = waiting.restart();

      space.scale("other", 0);
      space.await(
          "digits",
          "to take the GPU that was freed",
          Space.PATIENCE,
          found -> is(found.getStatus().readyReplicas(), 2) && is(found.getSpec().replicas(), 3));
      Awaitility.await("the next pod to wait")
          .atMost(Space.PATIENCE)
          .until(() -> waiting.now() == 1);
      Load.Report report = load.stop();
      System.out.printf(
          "GPUs short: replicas %s, at most %d pods waited before the scheduler's word was heard,"
              + " then %d; %d requests, %d failed%n",
          history.wanted(), most, waiting.most(), report.requests(), report.failed());
      assertThat(waiting.most()).isEqualTo(1);
      assertThat(report.failed()).as(report.failures()).isZero();
    }
  }

  /** No environment that says otherwise: a GPU was given, and there is none. */
  @Test
  void modelOnGpuThatIsNoneSaysSo(Space space) {
    gpus.offer(GPU, 1);
    space.apply("digits", space.digits(1, 1) + "gpu: {count: 1}\n");
    Condition ready = space.awaitReason("digits", "Ready", "ModelLoadFailed", Space.PATIENCE);
    assertThat(ready.getMessage())
        .contains("gpu.count is 1, but ONNX Runtime finds no CUDA for gpu:0");
    assertThat(space.condition("digits", "Scheduled").orElseThrow().getReason())
        .isEqualTo("Scheduled");
  }

  private static void apply(Space space, String model, int replicas, String gpu) {
    space.apply(model, space.digits(1, replicas) + gpu + "\n" + ON_THE_CPU);
  }

  private static boolean is(Integer number, int wanted) {
    return number != null && number == wanted;
  }

  private static boolean isReady(Pod pod) {
    return condition(pod, "Ready").filter(c -> "True".equals(c.getStatus())).isPresent();
  }

  private static Optional<PodCondition> condition(Pod pod, String type) {
    return pod.getStatus().getConditions().stream().filter(c -> c.getType().equals(type)).findAny();
  }

  private static PodCondition unscheduled(Space space, String model) {
    return space.pods(model).stream()
        .flatMap(pod -> condition(pod, "PodScheduled").stream())
        .filter(condition -> "False".equals(condition.getStatus()))
        .findAny()
        .orElseThrow(() -> new AssertionError("every pod of " + model + " has a node"));
  }

  /** From the scheduler's verdict to the operator's Event of it, both as the cluster has them. */
  private static Duration toldAfter(Space space, String model, PodCondition cause) {
    String told =
        Awaitility.await("the Event of " + model)
            .atMost(TOLD)
            .until(
                () ->
                    space.events(model).stream()
                        .filter(event -> "Unschedulable".equals(event.getReason()))
                        .map(event -> event.getEventTime().getTime())
                        .sorted()
                        .findFirst(),
                Optional::isPresent)
            .orElseThrow();
    Duration after =
        Duration.between(Instant.parse(cause.getLastTransitionTime()), Instant.parse(told));
    System.out.printf("Unschedulable told after %d ms%n", after.toMillis());
    return after;
  }

  private static String answer(Space space, String model) {
    return space.post(
        model,
        "v2/models/%s/infer".formatted(model),
        new String(
            Streams.bytes(Settings.ROOT.resolve("examples/digits/request.json")),
            StandardCharsets.UTF_8));
  }
}

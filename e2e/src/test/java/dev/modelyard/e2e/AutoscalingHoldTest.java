package dev.modelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.modelyard.e2e.support.AuditLog;
import dev.modelyard.e2e.support.Control;
import dev.modelyard.e2e.support.OnCluster;
import dev.modelyard.e2e.support.ReplicaHistory;
import dev.modelyard.e2e.support.Settings;
import dev.modelyard.e2e.support.Space;
import dev.modelyard.e2e.support.Streams;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** When the replicas are not to be touched: the load is not known, or something else scales. */
@OnCluster
@Order(2)
class AutoscalingHoldTest {
  private static final String TO_ZERO =
      "{minReplicas: 0, maxReplicas: 3, target: {inFlightPerReplica: 4}, scaleToZeroAfter: %s,"
          + " scaleDownDelay: 1s}";

  @Test
  void nobodyGoesToZeroWhileNoLoadIsTold(Space space) {
    Optional<Control> control = Control.of();
    assumeTrue(control.isPresent(), "skipped: MODELYARD_CLUSTER_CONTROL is not set");
    space.apply("digits", space.autoscaled(1, TO_ZERO.formatted("20s")));
    space.awaitServing("digits");
    Pod pod = space.pods("digits").get(0);
    try (ReplicaHistory history = ReplicaHistory.fromNow(space, "digits")) {
      control.get().mute(pod);
      Condition missing =
          space.awaitReason("digits", "AutoscalingActive", "SignalMissing", Space.PATIENCE);
      assertThat(missing.getStatus()).isEqualTo("False");
      assertThat(missing.getMessage())
          .startsWith("1 replicas: none of 1 pods tells its load")
          .contains("port 9000");
      // Longer than an idle model keeps its last replica.
      await("nothing to be done")
          .during(Duration.ofSeconds(25))
          .atMost(Space.PATIENCE)
          .until(
              () ->
                  history.wanted().equals(List.of(1))
                      && space.condition("digits", "Ready").orElseThrow().getStatus().equals("True")
                      && reason(space).equals("SignalMissing"));

      control.get().unmute(pod);
      space.awaitReason("digits", "Ready", "ScaledToZero", Space.PATIENCE);
      assertThat(history.wanted()).containsExactly(1, 0);
      assertThat(reason(space)).isEqualTo("Autoscaling");
    }
  }

  @Test
  void stepsAsideForAnotherAutoscalerAndGoesOnWithoutIt(Space space) {
    // Where it is idle at once, the operator has a reason to write all the time.
    space.apply("digits", space.autoscaled(1, TO_ZERO.formatted("1s")));
    space.awaitReason("digits", "Ready", "ScaledToZero", Space.PATIENCE);
    HorizontalPodAutoscaler other =
        space.client().resource(twoAtLeast()).inNamespace(space.name()).create();
    Condition aside =
        space.awaitReason("digits", "AutoscalingActive", "ExternalAutoscaler", Space.PATIENCE);
    assertThat(aside.getStatus()).isEqualTo("False");
    assertThat(aside.getMessage()).startsWith("HorizontalPodAutoscaler digits scales it.");

    Optional<AuditLog> audit = AuditLog.fromNow();
    // Kubernetes' autoscaler leaves alone what is at zero.
    space.scale("digits", 1);
    space.await(
        "digits",
        "to have the other one's replicas",
        Space.PATIENCE,
        found -> Integer.valueOf(2).equals(found.getStatus().readyReplicas()));
    await("the replicas to stay")
        .during(Duration.ofSeconds(10))
        .atMost(Space.PATIENCE)
        .until(() -> space.get("digits").getSpec().replicas() == 2);
    audit.ifPresent(log -> assertThat(scales(log, space)).isEmpty());

    space.client().resource(other).delete();
    space.awaitReason("digits", "Ready", "ScaledToZero", Space.PATIENCE);
    assertThat(reason(space)).isEqualTo("Autoscaling");
    audit.ifPresent(log -> assertThat(scales(log, space)).isNotEmpty());
  }

  private static String reason(Space space) {
    return space.condition("digits", "AutoscalingActive").orElseThrow().getReason();
  }

  private static HorizontalPodAutoscaler twoAtLeast() {
    HorizontalPodAutoscaler example =
        Serialization.unmarshal(
            Streams.open(Settings.ROOT.resolve("examples/digits/horizontalpodautoscaler.yaml")),
            HorizontalPodAutoscaler.class);
    return new HorizontalPodAutoscalerBuilder(example)
        .editSpec()
        .withMinReplicas(2)
        .endSpec()
        .build();
  }

  /** What the operator wrote of it. */
  private static List<AuditLog.Call> scales(AuditLog log, Space space) {
    return log.writes().stream()
        .filter(call -> call.namespace().equals(space.name()))
        .filter(call -> call.subresource().equals("scale"))
        .toList();
  }
}

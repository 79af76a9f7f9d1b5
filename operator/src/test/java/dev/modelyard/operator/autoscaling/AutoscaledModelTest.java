package dev.modelyard.operator.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.autoscaling.AutoscaledModel.Outcome;
import dev.modelyard.operator.autoscaling.GatewayDemand.Demand;
import dev.modelyard.operator.autoscaling.policy.Cause;
import dev.modelyard.operator.status.AutoscalingReport;
import dev.modelyard.operator.status.Reason;
import dev.modelyard.operator.status.RuntimeStatus.Load;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AutoscaledModelTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00.5Z");
  private static final Demand NOBODY = new Demand(1, 1, 0);
  private final AutoscaledModel model = new AutoscaledModel(0);

  @Test
  void whatWasWrittenCountsBeforeItShowsUpInTheCache() {
    model.observe(resource(1), ready("a"), seconds(0));
    model.told("a", new Load(8, 8, 0, 0, 0, null, null, 0L), seconds(0));
    Outcome first = model.decide(NOBODY, true, seconds(0));
    assertThat(first.decision().replicas()).isGreaterThan(1);
    model.scaled(first, NOW, seconds(0));

    model.observe(resource(1), ready("a"), seconds(1));
    assertThat(model.decide(NOBODY, true, seconds(1)).before())
        .isEqualTo(first.decision().replicas());
    model.observe(resource(first.decision().replicas()), ready("a"), seconds(1));
    assertThat(model.wanted()).isEqualTo(first.decision().replicas());
    model.observe(resource(1), ready("a"), seconds(2));
    assertThat(model.wanted()).as("someone else wrote it since").isEqualTo(1);
  }

  @Test
  void tellsTheLastChangeInOneLineAndGoesOnTellingIt() {
    model.observe(resource(0), none(), seconds(0));
    Outcome outcome = model.decide(new Demand(1, 1, 3), true, seconds(0));
    assertThat(outcome.decision().cause()).isEqualTo(Cause.DEMAND_AT_ZERO);
    String change = model.scaled(outcome, NOW, seconds(0));
    assertThat(change).startsWith("2026-11-23T12:00:00Z: 0 to 1 replicas: 3 held");
    assertThat(change).doesNotContain("\n");

    assertThat(model.tends(true, Reason.Autoscaling, "steady", Optional::empty, seconds(9)))
        .isFalse();
    assertThat(model.report()).contains(new AutoscalingReport(true, Reason.Autoscaling, change));
  }

  @Test
  void whatFlickersIsNotTold() {
    model.observe(resource(1), ready("a"), seconds(0));
    assertThat(tends(Reason.Autoscaling, 0)).isTrue();
    assertThat(tends(Reason.SignalMissing, 1)).isFalse();
    assertThat(tends(Reason.Autoscaling, 2)).isFalse();
    assertThat(tends(Reason.SignalMissing, 3)).isFalse();
    assertThat(tends(Reason.SignalMissing, 5)).isFalse();
    assertThat(tends(Reason.SignalMissing, 6)).isTrue();
    assertThat(model.report().orElseThrow().reason()).isEqualTo(Reason.SignalMissing);
  }

  @Test
  void afterARestartTheStatusKeepsItsWords() {
    model.observe(resource(1), ready("a"), seconds(0));
    model.tends(
        true, Reason.Autoscaling, "1 replicas", () -> Optional.of("the last change"), seconds(0));
    assertThat(model.report().orElseThrow().message()).isEqualTo("the last change");
  }

  @Test
  void withoutAnAnswerItStays() {
    model.observe(resource(3), ready("a"), seconds(0));
    for (int second = 0; second < 600; second++) {
      Outcome outcome = model.decide(new Demand(1, 0, 0), true, seconds(second));
      assertThat(outcome.changes()).isFalse();
      assertThat(outcome.decision().cause()).isEqualTo(Cause.SIGNAL_MISSING);
    }
  }

  private boolean tends(Reason reason, int second) {
    return model.tends(
        reason == Reason.Autoscaling, reason, "words", Optional::empty, seconds(second));
  }

  private static long seconds(int seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }

  private static ServingPods ready(String uid) {
    return new ServingPods(
        Map.of(uid, URI.create("http://10.0.0.1:9000/status")),
        Map.of(),
        0,
        true,
        Optional.of(Duration.ofSeconds(2)));
  }

  private static ServingPods none() {
    return new ServingPods(Map.of(), Map.of(), 0, true, Optional.of(Duration.ofSeconds(2)));
  }

  private static ModelDeployment resource(int replicas) {
    return Serialization.unmarshal(
        """
        apiVersion: modelyard.dev/v1alpha1
        kind: ModelDeployment
        metadata: {name: digits, namespace: vision}
        spec:
          model: {uri: 'https://models.example.org/1.onnx'}
          replicas: %d
          autoscaling: {minReplicas: 0, maxReplicas: 9, target: {inFlightPerReplica: 4}}
        """
            .formatted(replicas),
        ModelDeployment.class);
  }
}

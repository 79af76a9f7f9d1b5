package dev.modelyard.operator.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.api.v1alpha1.ModelDeploymentSpec;
import dev.modelyard.operator.autoscaling.policy.ScalingRules;
import dev.modelyard.operator.autoscaling.policy.Target;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalingRulesOfTest {
  @Test
  void whatTheSpecDoesNotSay() {
    assertThat(rules("autoscaling: {maxReplicas: 3}"))
        .isEqualTo(
            new ScalingRules(
                1, 3, new Target.InFlight(32), Duration.ofMinutes(5), Duration.ofMinutes(1)));
  }

  @Test
  void whatItSays() {
    assertThat(
            rules(
                "autoscaling: {minReplicas: 0, maxReplicas: 3, scaleToZeroAfter: 90s, scaleDownDelay: 0s}"))
        .isEqualTo(
            new ScalingRules(0, 3, new Target.InFlight(32), Duration.ofSeconds(90), Duration.ZERO));
  }

  @Test
  void oneReplicaTakesByDefaultWhatItComputesAtTheSameTime() {
    assertThat(
            rules("serving: {workers: 2, batching: {maxSize: 8}}\nautoscaling: {maxReplicas: 3}")
                .target())
        .isEqualTo(new Target.InFlight(16));
  }

  @ParameterizedTest
  @CsvSource({"50,50", "'\"50\"',50", "500m,0.5", "2k,2000"})
  void aRateIsAQuantity(String text, double perSecond) {
    assertThat(
            rules("autoscaling: {maxReplicas: 3, target: {requestsPerSecond: %s}}".formatted(text))
                .target())
        .isEqualTo(new Target.Rate(perSecond));
  }

  @Test
  void aTimeInTheQueue() {
    assertThat(rules("autoscaling: {maxReplicas: 3, target: {queueTime: 100ms}}").target())
        .isEqualTo(new Target.QueueTime(Duration.ofMillis(100)));
  }

  private static ScalingRules rules(String yaml) {
    return ScalingRulesOf.spec(
        Serialization.unmarshal(
            "model: {uri: 'https://models.example.org/1.onnx'}\n" + yaml,
            ModelDeploymentSpec.class));
  }
}

package dev.modelyard.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Quantity;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values as a Kubernetes API server writes them back. */
class QuantitiesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0Gi, 0",
    "1, 1",
    "1000m, 1",
    "0.5, 500m",
    "1.5, 1500m",
    "1500m, 1500m",
    "1024Mi, 1Gi",
    "1.5Gi, 1536Mi",
    "4Gi, 4Gi",
    "1023Ki, 1023Ki",
    "0.5Ki, 512",
    "2048, 2048",
    "1000, 1k",
    "12000k, 12M",
    "1e3, 1e3",
    "5e2, 500",
    "1500e3, 1500e3",
    "100000u, 100m",
    "0.0000000001, 1n",
    "1Ei, 1Ei"
  })
  void areWrittenAsTheApiServerDoes(String given, String canonical) {
    assertThat(Quantities.canonical(Quantity.parse(given)).toString()).isEqualTo(canonical);
  }
}

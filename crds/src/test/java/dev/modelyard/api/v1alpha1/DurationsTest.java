package dev.modelyard.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "0, PT0S",
    "0ms, PT0S",
    "1ms, PT0.001S",
    "30s, PT30S",
    "1.5s, PT1.5S",
    "1h30m, PT1H30M",
    "24h, PT24H",
    "250us, PT0.00025S",
    "250µs, PT0.00025S",
    "5ns, PT0.000000005S"
  })
  void parsesWhatKubernetesWrites(String text, Duration expected) {
    assertThat(Durations.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(strings = {"30", "30 s", "-1s", "PT30S", "1d", "s", "1s2"})
  void saysWhatToWriteInstead(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("such as 1m30s");
  }
}

package dev.modelyard.bench.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private static final Path REPORT = Path.of("/repository/docs/benchmarks.md");

  @Test
  void aFullRunWritesTheReport() {
    assertThat(Settings.parse(List.of(), REPORT).report()).isEqualTo(REPORT);
  }

  @Test
  void aQuickRunLeavesTheRecordAlone() {
    assertThat(Settings.parse(List.of("--quick"), REPORT).report()).isNull();
    assertThat(Settings.parse(List.of("--report", "/x.md", "--quick"), REPORT).report())
        .isEqualTo(Path.of("/x.md"));
  }

  @Test
  void optionsChangeTheDurations() {
    Settings settings =
        Settings.parse(List.of("--rounds", "2", "--quick", "--seconds", "7"), REPORT);
    assertThat(settings.rounds()).isEqualTo(2);
    assertThat(settings.seconds()).isEqualTo(7);
  }

  @Test
  void aWrongOptionIsToldWithTheUsage() {
    assertThatThrownBy(() -> Settings.parse(List.of("--round", "2"), REPORT))
        .hasMessageContaining("unknown option '--round'")
        .hasMessageContaining("usage: bench/run inference");
    assertThatThrownBy(() -> Settings.parse(List.of("--rounds", "0"), REPORT))
        .hasMessageContaining("--rounds needs a whole number from 1 to 9999, not '0'");
    assertThatThrownBy(() -> Settings.parse(List.of("--seconds"), REPORT))
        .hasMessageContaining("--seconds needs a whole number");
  }
}

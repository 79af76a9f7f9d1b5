package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EventRecorderTest {
  @Test
  void aNoteIsCutByItsBytes() {
    assertThat(EventRecorder.note("short…")).isEqualTo("short…");
    String cut = EventRecorder.note("…".repeat(700));
    assertThat(cut).isEqualTo("…".repeat(341));
    assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(1024);
  }
}

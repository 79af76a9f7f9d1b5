package dev.modelyard.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  private static final String REVISION = "bcdfghjklm";

  @Test
  void shortNamesStayAsTheyAre() {
    assertThat(Names.service("digits")).isEqualTo("digits");
    assertThat(Names.deployment("digits", REVISION)).isEqualTo("digits-bcdfghjklm");
    assertThat(Names.url("digits", "vision")).isEqualTo("http://digits.vision.svc");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 51, 52, 53, 62, 63, 64, 65, 253})
  void everyNameFits(int length) {
    String name = "a".repeat(length);
    assertThat(Names.service(name)).hasSizeLessThanOrEqualTo(63);
    assertThat(Names.labelValue(name)).hasSizeLessThanOrEqualTo(63);
    assertThat(Names.deployment(name, REVISION))
        .hasSizeLessThanOrEqualTo(63)
        .endsWith("-" + REVISION);
    assertThat(Names.service(name).equals(name)).isEqualTo(length <= 63);
  }

  @Test
  void longNamesWithOneStartStayApart() {
    String start = "a".repeat(100);
    assertThat(Names.service(start + "b")).isNotEqualTo(Names.service(start + "c"));
    assertThat(Names.deployment(start + "b", REVISION))
        .isNotEqualTo(Names.deployment(start + "c", REVISION));
  }

  @Test
  void aCutLeavesNoDashBeforeTheHash() {
    assertThat(Names.service("a".repeat(51) + "-" + "b".repeat(30))).doesNotContain("--");
  }
}

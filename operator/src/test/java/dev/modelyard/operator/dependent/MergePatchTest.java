package dev.modelyard.operator.dependent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MergePatchTest {

  @Test
  void whatTheServerDefaultsIsNoDifference() {
    assertThat(
            MergePatch.of(
                Map.of(
                    "spec",
                    Map.of(
                        "clusterIP",
                        "10.0.0.1",
                        "ports",
                        List.of(Map.of("port", 80, "nodePort", 30000)))),
                Map.of("spec", Map.of("ports", List.of(Map.of("port", 80))))))
        .isEmpty();
  }

  @Test
  void onlyWhatDiffersIsPatched() {
    assertThat(
            MergePatch.of(
                Map.of("metadata", Map.of("name", "a"), "spec", Map.of("x", 1, "y", 2)),
                Map.of("metadata", Map.of("name", "a"), "spec", Map.of("x", 1, "y", 3))))
        .contains(Map.of("spec", Map.of("y", 3)));
  }

  @Test
  void aListThatDiffersIsReplaced() {
    Map<String, Object> desired = Map.of("ports", List.of(Map.of("port", 80)));
    assertThat(MergePatch.of(Map.of("ports", List.of(Map.of("port", 81))), desired))
        .contains(desired);
    assertThat(MergePatch.of(Map.of("ports", List.of()), desired)).contains(desired);
  }

  @Test
  void aLabelTooManyInTheSelectorIsTakenOut() {
    Map<String, Object> selector = new HashMap<>();
    selector.put("other", null);
    assertThat(
            MergePatch.of(
                Map.of("selector", Map.of("revision", "a", "other", "x")),
                Map.of("selector", Map.of("revision", "a"))))
        .contains(Map.of("selector", selector));
  }
}

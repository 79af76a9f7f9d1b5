package dev.modelyard.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.api.v1alpha1.ModelDeploymentStatus;
import dev.modelyard.operator.testing.Golden;
import io.fabric8.kubernetes.api.model.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/conditions.md lists every reason, where it appears, and what to do. */
class ReasonsDocumentTest {
  private static final Path DOCUMENT = Path.of("../docs/conditions.md");

  private record Row(String reason, List<String> conditions, String meaning, String nextStep) {}

  @Test
  void listsEveryReasonInOrderWithItsNextStep() throws IOException {
    List<Row> rows = rows();
    assertThat(rows)
        .extracting(Row::reason)
        .containsExactlyElementsOf(Arrays.stream(Reason.values()).map(Reason::name).toList());
    assertThat(rows)
        .allSatisfy(
            row -> {
              String nextStep = Reason.valueOf(row.reason()).nextStep();
              assertThat(row.nextStep()).isEqualTo(nextStep.isEmpty() ? "—" : nextStep);
              assertThat(row.meaning()).isNotBlank();
            });
  }

  @Test
  void namesTheConditionsThatCarryEachReason() throws IOException {
    List<Row> rows = rows();
    for (Path folder : Golden.cases("status")) {
      ModelDeploymentStatus status =
          StatusCalculator.calculate(StatusGoldenTest.observation(folder), Instant.EPOCH);
      for (Condition condition : status.conditions()) {
        assertThat(rows)
            .as("%s: %s of %s", folder, condition.getReason(), condition.getType())
            .anyMatch(
                row ->
                    row.reason().equals(condition.getReason())
                        && row.conditions().contains(condition.getType()));
      }
    }
  }

  private static List<Row> rows() throws IOException {
    return Files.readAllLines(DOCUMENT).stream()
        .dropWhile(line -> !line.startsWith("| reason |"))
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> line.split("\\|"))
        .map(
            cells ->
                new Row(
                    cells[1].strip().replace("`", ""),
                    List.of(cells[2].strip().split(", ")),
                    cells[3].strip(),
                    cells[4].strip()))
        .toList();
  }
}

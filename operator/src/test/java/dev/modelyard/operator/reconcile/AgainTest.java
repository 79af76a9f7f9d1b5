package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.status.Observation.Problem;
import dev.modelyard.operator.status.Reason;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgainTest {
  private final ModelDeployment resource = generation(1);

  @Test
  void aSpecThatChangedWithTheStatusWriteIsReconciledAtOnce() {
    assertThat(
            Again.after(resource, Optional.of(generation(2)), Optional.empty(), false)
                .getScheduleDelay())
        .contains(0L);
  }

  @Test
  void aFlippedServiceIsFollowedAtOnce() {
    assertThat(
            Again.after(resource, Optional.of(generation(1)), Optional.empty(), true)
                .getScheduleDelay())
        .contains(0L);
  }

  @Test
  void aRefusalIsTriedAgainLater() {
    assertThat(
            Again.after(
                    resource,
                    Optional.empty(),
                    Optional.of(new Problem(Reason.QuotaExceeded, "full")),
                    false)
                .getScheduleDelay())
        .contains(ReconcileErrors.REFUSED_AGAIN.toMillis());
  }

  @Test
  void whatTheOperatorMayNotDoIsTriedAgainSooner() {
    assertThat(
            Again.after(
                    resource,
                    Optional.empty(),
                    Optional.of(new Problem(Reason.ReconcileFailed, "may not create")),
                    false)
                .getScheduleDelay())
        .contains(ReconcileErrors.FAILED_AGAIN.toMillis());
  }

  @Test
  void otherwiseSomethingHasToHappen() {
    assertThat(
            Again.after(resource, Optional.of(generation(1)), Optional.empty(), false)
                .getScheduleDelay())
        .isEmpty();
  }

  private static ModelDeployment generation(long generation) {
    ModelDeployment resource = new ModelDeployment();
    resource.getMetadata().setGeneration(generation);
    return resource;
  }
}

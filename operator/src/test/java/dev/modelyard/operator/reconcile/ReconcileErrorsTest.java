package dev.modelyard.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.retry.RetryExecution;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReconcileErrorsTest {
  /** An API server that is back must find everything done within 30 s. */
  @Test
  void aFailureIsTriedAgainWithoutEndAndNeverLaterThanTenSeconds() {
    RetryExecution retry = ReconcileErrors.retry().initExecution();

    assertThat(Stream.generate(retry::nextDelay).limit(1000))
        .allSatisfy(
            delay ->
                assertThat(delay)
                    .hasValueSatisfying(
                        millis ->
                            assertThat(millis)
                                .isBetween(1000L, Duration.ofSeconds(10).toMillis())));
    assertThat(retry.nextDelay()).isEqualTo(Optional.of(Duration.ofSeconds(10).toMillis()));
    assertThat(retry.isLastAttempt()).isFalse();
  }
}

package dev.modelyard.runtime.api.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  private final MemoryBudget budget = new MemoryBudget(1000);

  private static void assertRefused(Runnable action, int status, String message) {
    assertThatThrownBy(action::run)
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(
            ProtocolException.class, e -> assertThat(e.status()).isEqualTo(status));
  }

  @Test
  void refusesWhatIsTooMuchTogetherForNow() {
    MemoryBudget.Share one = budget.share();
    MemoryBudget.Share two = budget.share();
    one.take(600);
    assertRefused(() -> two.take(600), 429, "try again later");
    two.take(400);
    one.close();
    assertThat(budget.used()).isEqualTo(400);
    two.take(600);
    two.close();
    assertThat(budget.used()).isZero();
  }

  @Test
  void refusesWhatIsTooMuchAloneForEver() {
    MemoryBudget.Share share = budget.share();
    share.take(1000);
    assertRefused(() -> share.take(1), 413, "more than 1000 bytes");
    share.close();
    share.close();
    assertThat(budget.used()).isZero();
  }

  @Test
  void givesNothingAfterItsEnd() {
    MemoryBudget.Share share = budget.share();
    share.close();
    assertRefused(() -> share.take(1), 499, "answered already");
    assertThat(budget.used()).isZero();
  }

  /** Short strings take much more memory than they have characters in JSON. */
  @Test
  void paysForStrings() {
    String strings = "\"a\",".repeat(29) + "\"a\"";
    byte[] body =
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"BYTES\",\"shape\":[30],\"data\":[%s]}]}"
            .formatted(strings)
            .getBytes(StandardCharsets.UTF_8);
    assertRefused(
        () -> InferRequestParser.parse(body, body.length, body.length, budget.share()),
        413,
        "more than 1000 bytes");
  }

  @Test
  void paysForInputsThatHaveNoElements() {
    String empty = "{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[0],\"data\":[]}";
    byte[] body =
        "{\"inputs\":[%s]}"
            .formatted((empty + ",").repeat(9) + empty)
            .getBytes(StandardCharsets.UTF_8);
    assertRefused(
        () -> InferRequestParser.parse(body, body.length, body.length, budget.share()),
        413,
        "more than 1000 bytes");
  }

  @Test
  void paysForNumbersBeforeTheyAreAllocated() {
    String numbers = "0,".repeat(199) + "0";
    byte[] body =
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP64\",\"shape\":[200],\"data\":[%s]}]}"
            .formatted(numbers)
            .getBytes(StandardCharsets.UTF_8);
    assertRefused(
        () -> InferRequestParser.parse(body, body.length, body.length, budget.share()),
        413,
        "more than 1000 bytes");
  }
}

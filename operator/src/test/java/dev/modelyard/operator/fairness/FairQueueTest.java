package dev.modelyard.operator.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairQueueTest {
  /** Items are {@code namespace/name}. */
  private final FairQueue<String> queue = new FairQueue<>(1, item -> item.split("/")[0]);

  private List<String> order() {
    List<String> order = new ArrayList<>();
    List<String> next = queue.leave();
    while (!next.isEmpty()) {
      next.forEach(item -> assertThat(queue.enter(item, false)).isTrue());
      order.addAll(next);
      next = queue.leave();
    }
    return order;
  }

  private void waits(boolean firstLook, String... items) {
    for (String item : items) {
      assertThat(queue.enter(item, firstLook)).isFalse();
    }
  }

  @Test
  void whoeverComesWhileThereIsRoomBegins() {
    assertThat(queue.enter("a/1", true)).isTrue();
    assertThat(queue.leave()).isEmpty();
    assertThat(queue.enter("a/2", true)).isTrue();
  }

  @Test
  void namespacesTakeTurns() {
    queue.enter("x/0", false);
    waits(false, "a/1", "a/2", "a/3", "b/1", "c/1", "b/2");

    assertThat(order()).containsExactly("a/1", "b/1", "c/1", "a/2", "b/2", "a/3");
    assertThat(queue.waiting()).isZero();
  }

  @Test
  void whatWasSeenBeforeIsAheadOfWhatIsNewWhichGetsOnAllTheSame() {
    queue.enter("x/0", false);
    waits(true, "a/1", "a/2", "a/3");
    waits(false, "b/1", "b/2", "b/3", "b/4", "b/5");

    assertThat(order()).containsExactly("b/1", "b/2", "b/3", "a/1", "b/4", "b/5", "a/2", "a/3");
  }

  @Test
  void whoWaitsTwiceHasOneTurn() {
    queue.enter("x/0", false);
    waits(false, "a/1", "b/1", "a/1");

    assertThat(order()).containsExactly("a/1", "b/1");
  }

  /** Its status was written by a reconcile that came in as a retry. */
  @Test
  void whatIsNewNoMoreMovesUp() {
    queue.enter("x/0", false);
    waits(true, "a/1", "a/2");
    waits(false, "a/2");

    assertThat(order()).containsExactly("a/2", "a/1");
  }

  @Test
  void nobodyOvertakesWhoIsCalled() {
    queue.enter("x/0", false);
    waits(false, "a/1");
    assertThat(queue.leave()).containsExactly("a/1");

    waits(false, "b/1");
    assertThat(queue.waiting()).isEqualTo(2);
    assertThat(queue.enter("a/1", false)).isTrue();
    assertThat(queue.leave()).containsExactly("b/1");
  }

  @Test
  void whatIsDeletedHoldsUpNobody() {
    queue.enter("x/0", false);
    waits(false, "a/1", "a/2", "b/1");
    assertThat(queue.forget("a/2")).isEmpty();
    assertThat(queue.leave()).containsExactly("a/1");

    assertThat(queue.forget("a/1")).containsExactly("b/1");
    assertThat(queue.enter("b/1", false)).isTrue();
    assertThat(queue.leave()).isEmpty();
    assertThat(queue.waiting()).isZero();
  }

  @Test
  void aRetryWaitsForNobodyAndIsCounted() {
    queue.enter("x/0", false);
    waits(false, "a/1", "r/1");
    queue.enterAnyway("r/1");

    assertThat(queue.leave()).isEmpty();
    assertThat(queue.leave()).containsExactly("a/1");
  }
}

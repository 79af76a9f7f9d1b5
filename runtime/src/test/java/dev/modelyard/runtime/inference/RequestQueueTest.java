package dev.modelyard.runtime.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.runtime.inference.RequestQueue.Refusal;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RequestQueueTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long BYTES = 1 << 20;

  private final RequestQueue queue = new RequestQueue(10, BYTES, 4, 0);

  private static Pending request(int rows, int width) {
    return request(rows, width, 100 * SECOND);
  }

  private static Pending request(int rows, int width, long timeout) {
    Tensor input = TestModels.floats("x", new long[] {rows, width}, new float[rows * width]);
    return new Pending(
        List.of(input), rows > 4 ? 0 : rows, System.nanoTime(), timeout, (outputs, failure) -> {});
  }

  private void offer(Pending... requests) {
    for (Pending request : requests) {
      assertThat(queue.offer(request)).isEqualTo(Refusal.NONE);
    }
  }

  @Test
  void takesWhatWaitsUpToTheMostRows() throws Exception {
    Pending a = request(1, 2);
    Pending b = request(2, 2);
    Pending c = request(1, 2);
    Pending d = request(1, 2);
    offer(a, b, c, d);
    assertThat(queue.take()).containsExactly(a, b, c);
    assertThat(queue.take()).containsExactly(d);
    assertThat(queue.size()).isZero();
  }

  @Test
  void countsRowsAndKeepsTheOrder() throws Exception {
    Pending a = request(3, 2);
    Pending tooMany = request(2, 2);
    Pending wouldFit = request(1, 2);
    offer(a, tooMany, wouldFit);
    assertThat(queue.take()).containsExactly(a);
    assertThat(queue.take()).containsExactly(tooMany, wouldFit);
  }

  @Test
  void doesNotMixShapesAndServesTheOldestFirst() throws Exception {
    Pending a = request(1, 2);
    Pending other = request(1, 3);
    Pending b = request(1, 2);
    offer(a, other, b);
    assertThat(queue.take()).containsExactly(a, b);
    assertThat(queue.take()).containsExactly(other);
  }

  @Test
  void computesAloneWhatHasTooManyRows() throws Exception {
    Pending a = request(1, 2);
    Pending large = request(5, 2);
    Pending b = request(1, 2);
    offer(a, large, b);
    assertThat(queue.take()).containsExactly(a);
    assertThat(queue.take()).containsExactly(large);
    assertThat(queue.take()).containsExactly(b);
  }

  @Test
  void isBoundedInRequests() {
    for (int i = 0; i < 10; i++) {
      offer(request(1, 2));
    }
    assertThat(queue.offer(request(1, 2))).isEqualTo(Refusal.FULL);
  }

  @Test
  void isBoundedInBytesButTakesOneLargeRequest() throws Exception {
    int tooWide = (int) BYTES / 4 + 1;
    Pending large = request(1, tooWide);
    offer(large);
    assertThat(queue.offer(request(1, 2))).isEqualTo(Refusal.TOO_MANY_BYTES);
    assertThat(queue.take()).containsExactly(large);
    offer(request(1, 2));
    assertThat(queue.offer(request(1, tooWide))).isEqualTo(Refusal.TOO_MANY_BYTES);
  }

  @Test
  void aRemovedRequestFreesItsPlace() throws Exception {
    Pending a = request(1, 2);
    Pending b = request(1, 2);
    offer(a, b);
    assertThat(queue.remove(a)).isTrue();
    assertThat(queue.remove(a)).isFalse();
    assertThat(queue.size()).isEqualTo(1);
    assertThat(queue.take()).containsExactly(b);
  }

  @Test
  void expiresFromTheFront() throws Exception {
    Pending late = request(1, 2, 0);
    Pending otherLate = request(1, 3, 0);
    Pending inTime = request(1, 2);
    offer(late, otherLate, inTime);
    assertThat(queue.expire(System.nanoTime())).containsExactlyInAnyOrder(late, otherLate);
    assertThat(queue.take()).containsExactly(inTime);
  }

  @Test
  void waitsForAFullerBatchWhereADelayIsSet() throws Exception {
    RequestQueue patient = new RequestQueue(10, BYTES, 2, 1000 * SECOND);
    CompletableFuture<List<Pending>> taken = taken(patient);
    Pending a = request(1, 2);
    Pending b = request(1, 2);
    patient.offer(a);
    patient.offer(b);
    assertThat(taken.get(20, TimeUnit.SECONDS)).containsExactly(a, b);
  }

  @Test
  void waitsNoLongerThanTheDelay() throws Exception {
    long delay = TimeUnit.MILLISECONDS.toNanos(20);
    RequestQueue patient = new RequestQueue(10, BYTES, 2, delay);
    Pending a = request(1, 2);
    patient.offer(a);
    assertThat(patient.take()).containsExactly(a);
    assertThat(System.nanoTime() - a.arrived).isGreaterThanOrEqualTo(delay);
  }

  @Test
  void aFullBatchOvertakesOneThatWaits() throws Exception {
    RequestQueue patient = new RequestQueue(10, BYTES, 2, 1000 * SECOND);
    Pending lonely = request(1, 3);
    Pending a = request(1, 2);
    Pending b = request(1, 2);
    patient.offer(lonely);
    patient.offer(a);
    patient.offer(b);
    assertThat(patient.take()).containsExactly(a, b);
  }

  @Test
  void closedGivesOutTheRestAtOnce() throws Exception {
    RequestQueue patient = new RequestQueue(10, BYTES, 4, 1000 * SECOND);
    Pending a = request(1, 2);
    patient.offer(a);
    patient.close();
    assertThat(patient.offer(request(1, 2))).isEqualTo(Refusal.CLOSED);
    assertThat(patient.take()).containsExactly(a);
    assertThat(patient.take()).isNull();
  }

  @Test
  void closingWakesEveryWaitingWorker() throws Exception {
    CompletableFuture<List<Pending>> first = taken(queue);
    CompletableFuture<List<Pending>> second = taken(queue);
    queue.close();
    assertThat(first.get(20, TimeUnit.SECONDS)).isNull();
    assertThat(second.get(20, TimeUnit.SECONDS)).isNull();
  }

  private static CompletableFuture<List<Pending>> taken(RequestQueue queue) {
    CompletableFuture<List<Pending>> taken = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                taken.complete(queue.take());
              } catch (InterruptedException e) {
                taken.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return taken;
  }
}

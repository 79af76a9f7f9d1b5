package dev.modelyard.runtime.inference;

import static dev.modelyard.runtime.inference.TestModels.floats;
import static dev.modelyard.runtime.inference.TestModels.longs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.modelyard.runtime.config.BatchingMode;
import dev.modelyard.runtime.inference.InferenceException.Kind;
import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BatchingInferenceServiceTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private BatchingInferenceService service;
  private GatedModel model;

  @AfterEach
  void stop() {
    if (model != null) {
      model.pass(1_000_000);
      service.drain(Duration.ofSeconds(10));
      model.close();
    }
  }

  /** Rows of these models are independent; whether that is seen is another test's matter. */
  private void serve(String name, ServingOptions options) {
    serve(name, options, BatchingDecision.proven());
  }

  private void serve(String name, ServingOptions options, BatchingDecision proof) {
    model = new GatedModel(TestModels.load(name));
    model.proof = proof;
    service = new BatchingInferenceService(options, "digits", registry);
    service.start(model);
  }

  private static ServingOptions options(int queue, Duration timeout) {
    return new ServingOptions(BatchingMode.Auto, 32, Duration.ZERO, queue, 256L << 20, timeout, 1);
  }

  private Answer submit(Tensor... inputs) {
    Answer answer = new Answer();
    service.submit(List.of(inputs), answer);
    return answer;
  }

  /** Occupies the one worker with a request, so that what follows waits in the queue. */
  private Answer occupy(Tensor... inputs) throws InterruptedException {
    model.closeGate();
    Answer answer = submit(inputs);
    assertThat(model.entered.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
    return answer;
  }

  private void assertLoad(int inFlight, int queued, int failed) {
    InferenceService.Load load = service.load();
    assertThat(load.inFlight()).isEqualTo(inFlight);
    assertThat(load.queued()).isEqualTo(queued);
    assertThat(load.failed()).isEqualTo(failed);
    assertThat(load.completed() + load.rejected() + load.idleMillis()).isZero();
  }

  @Test
  void tellsForHowLongHowManyWereThere() throws Exception {
    serve("wide", TestModels.OPTIONS);
    occupy(floats("x", new long[] {1, 2}, 1, 2));
    submit(floats("x", new long[] {1, 2}, 3, 4));
    submit(floats("x", new long[] {1, 2}, 5, 6));
    long start = System.nanoTime();
    InferenceService.Load before = service.load();
    await().until(() -> service.load().inFlightMillis() - before.inFlightMillis() > 100);
    InferenceService.Load after = service.load();
    long passed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + 1;

    assertThat(after.inFlightMillis() - before.inFlightMillis()).isBetween(100L, passed);
    assertThat(after.queuedMillis() - before.queuedMillis()).isBetween(200L, 2 * passed);
    model.pass(3);
    await().until(() -> service.load().idleMillis() > 0);
    InferenceService.Load idle = service.load();
    await().until(() -> service.load().idleMillis() > 20);
    assertThat(service.load().inFlightMillis()).isEqualTo(idle.inFlightMillis());
    assertThat(service.load().queuedMillis()).isEqualTo(idle.queuedMillis());
  }

  @Test
  void tellsHowLongNobodyHasAsked() throws Exception {
    serve("wide", TestModels.OPTIONS);
    await().until(() -> service.load().idleMillis() > 20);
    Answer asked = occupy(floats("x", new long[] {1, 2}, 1, 2));
    assertThat(service.load().idleMillis()).isZero();
    model.pass(1);
    assertThat(asked.floats()).isNotEmpty();
    await().until(() -> service.load().inFlight() == 0);
    long after = service.load().idleMillis();
    await().until(() -> service.load().idleMillis() > after);
  }

  @Test
  void computesTogetherWhatWaitsAndGivesEachItsRows() throws Exception {
    serve("wide", TestModels.OPTIONS);
    Answer first = occupy(floats("x", new long[] {1, 1}, 0));
    Answer one = submit(floats("x", new long[] {1, 2}, 1, 2));
    Answer other = submit(floats("x", new long[] {1, 3}, 9, 9, 9));
    Answer two = submit(floats("x", new long[] {2, 2}, 3, 4, 5, 6));
    assertLoad(1, 3, 0);
    model.pass(4);
    assertThat(first.floats()).containsExactly(0);
    assertThat(one.floats()).containsExactly(2, 4);
    assertThat(two.floats()).containsExactly(6, 8, 10, 12);
    assertThat(two.outputs().get(0).shape()).containsExactly(2, 2);
    assertThat(other.floats()).containsExactly(18, 18, 18);
    assertThat(model.batches).as("the second, and a request of it alone").startsWith(1, 2, 1, 1);
    await().until(() -> service.load().inFlight() == 0);
    assertThat(service.load().completed()).isEqualTo(4);
    assertThat(registry.get("modelyard.batch.size").summary().max()).isEqualTo(3);
    assertThat(registry.get("modelyard.queue.duration").timer().count()).isEqualTo(4);
  }

  @Test
  void splitsStrings() throws Exception {
    serve("identity_bytes", TestModels.OPTIONS);
    Answer first = occupy(Tensor.ofStrings("x", new long[] {1, 2}, new String[] {"a", "b"}));
    Answer one = submit(Tensor.ofStrings("x", new long[] {1, 2}, new String[] {"c", "d"}));
    Answer two =
        submit(Tensor.ofStrings("x", new long[] {2, 2}, new String[] {"e", "f", "g", "h"}));
    model.pass(3);
    assertThat(first.outputs().get(0).strings()).containsExactly("a", "b");
    assertThat(one.outputs().get(0).strings()).containsExactly("c", "d");
    assertThat(two.outputs().get(0).strings()).containsExactly("e", "f", "g", "h");
  }

  @Test
  void aBadRequestFailsAlone() throws Exception {
    serve("gather", TestModels.OPTIONS);
    occupy(longs("index", 0));
    Answer good = submit(longs("index", 3));
    Answer bad = submit(longs("index", 99));
    Answer alsoGood = submit(longs("index", 5, 6));
    model.pass(10);
    assertThat(good.floats()).containsExactly(6, 7);
    assertThat(alsoGood.floats()).containsExactly(10, 11, 12, 13);
    assertThat(bad.failure().kind()).isEqualTo(Kind.INVALID_INPUT);
    assertThat(bad.failure()).hasMessageContaining("out of data bounds");
    assertThat(model.batches).containsExactly(1, 3, 1, 1, 1);
    await().until(() -> service.load().inFlight() == 0);
    assertThat(service.load().failed()).isEqualTo(1);
    assertThat(service.load().completed()).isEqualTo(3);
  }

  /** A fixed first dimension, rows that depend on each other, more rows out than in. */
  @ParameterizedTest
  @ValueSource(strings = {"fixed", "mixing", "doubling"})
  void doesNotBatchWhereTheFirstDimensionIsNoBatch(String name) throws Exception {
    // As it is without a proof: null is what the engine says.
    serve(name, TestModels.OPTIONS, null);
    long[] shape = name.equals("fixed") ? new long[] {2, 3} : new long[] {3, 2};
    Tensor input = floats("x", shape, 1, 2, 3, 4, 5, 6);
    float[] alone = occupyAndPass(input);
    Answer one = submit(input);
    Answer two = submit(input);
    model.pass(2);
    assertThat(one.floats()).containsExactly(alone);
    assertThat(two.floats()).containsExactly(alone);
    assertThat(model.batches).containsOnly(1);
  }

  private float[] occupyAndPass(Tensor input) throws Exception {
    Answer answer = occupy(input);
    model.pass(1);
    return answer.floats();
  }

  @Test
  void computesMoreRowsThanABatchHasAlone() throws Exception {
    serve("wide", TestModels.OPTIONS);
    occupy(floats("x", new long[] {1, 1}, 0));
    Answer small = submit(floats("x", new long[] {1, 1}, 1));
    Answer large = submit(floats("x", new long[] {33, 1}, new float[33]));
    model.pass(3);
    assertThat(small.floats()).containsExactly(2);
    assertThat(large.floats()).hasSize(33);
    assertThat(model.batches).containsExactly(1, 1, 1);
  }

  @Test
  void computesAloneWhereInputsDifferInRows() throws Exception {
    serve("two", TestModels.OPTIONS);
    occupy(floats("a", new long[] {1, 2}, 0, 0), floats("b", new long[] {1, 2}, 0, 0));
    Answer broadcast =
        submit(floats("a", new long[] {2, 2}, 1, 2, 3, 4), floats("b", new long[] {1, 2}, 10, 20));
    Answer plain =
        submit(floats("b", new long[] {1, 2}, 1, 1), floats("a", new long[] {1, 2}, 5, 6));
    model.pass(3);
    assertThat(broadcast.floats()).containsExactly(11, 22, 13, 24);
    assertThat(plain.floats()).containsExactly(6, 7);
  }

  @Test
  void refusesWhenTheQueueIsFull() throws Exception {
    serve("gather", options(2, LONG));
    occupy(longs("index", 0));
    submit(longs("index", 1));
    submit(longs("index", 2));
    assertThatThrownBy(() -> submit(longs("index", 3)))
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(Kind.QUEUE_FULL);
              assertThat(e.retryAfterSeconds()).isBetween(1, 60);
            })
        .hasMessageContaining("2 requests wait already");
    assertThat(service.load().rejected()).isEqualTo(1);
    assertThat(registry.get("modelyard.requests.rejected").counter().count()).isEqualTo(1);
    assertThat(registry.get("modelyard.requests.queued").gauge().value()).isEqualTo(2);
    assertThat(registry.get("modelyard.requests.in.flight").gauge().value()).isEqualTo(1);
  }

  @Test
  void answersInTimeThoughTheWorkerIsBusy() throws Exception {
    serve("gather", options(10, Duration.ofSeconds(1)));
    Answer computing = occupy(longs("index", 0));
    Answer waiting = submit(longs("index", 1));
    assertThat(computing.failure().kind()).isEqualTo(Kind.TIMEOUT);
    assertThat(waiting.failure().kind()).isEqualTo(Kind.TIMEOUT);
    assertThat(waiting.failure()).hasMessageContaining("1000 ms").hasMessageContaining("queue");
    assertLoad(1, 0, 2);
    model.pass(1);
    await().until(() -> service.load().inFlight() == 0);
    assertThat(model.batches).containsExactly(1);
  }

  @Test
  void saysWhichWorkerHangs() throws Exception {
    serve("gather", options(10, LONG));
    long now = System.nanoTime();
    assertThat(service.hung(now + TimeUnit.HOURS.toNanos(1))).isEmpty();
    occupy(longs("index", 0));
    assertThat(service.hung()).isEmpty();
    assertThat(service.hung(now + TimeUnit.SECONDS.toNanos(59))).isEmpty();
    assertThat(service.hung(System.nanoTime() + TimeUnit.SECONDS.toNanos(61)))
        .hasValueSatisfying(
            text ->
                assertThat(text)
                    .startsWith("inference-0 has been computing one batch of 1 requests"));
  }

  @Test
  void aFaultOfTheEngineFailsItsRequestsAndTheWorkerLivesOn() throws Exception {
    serve("gather", TestModels.OPTIONS);
    Answer first = occupy(longs("index", 0));
    Answer one = submit(longs("index", 1));
    Answer two = submit(longs("index", 2));
    model.fault = new IllegalStateException("out of handles");
    model.pass(10);
    for (Answer answer : List.of(first, one, two)) {
      assertThat(answer.failure().kind()).isEqualTo(Kind.ENGINE_FAILED);
      assertThat(answer.failure()).hasMessageContaining("out of handles");
    }
    model.fault = null;
    assertThat(submit(longs("index", 3)).floats()).containsExactly(6, 7);
    assertThat(service.hung()).isEmpty();
  }

  @Test
  void aWorkerThatHasStoppedIsNotLive() throws Exception {
    serve("gather", TestModels.OPTIONS);
    model.fault = new LinkageError("the native library is gone");
    Answer answer = submit(longs("index", 0));
    assertThat(answer.failure().kind()).isEqualTo(Kind.ENGINE_FAILED);
    await().until(() -> service.hung().isPresent());
    assertThat(service.hung()).hasValueSatisfying(why -> assertThat(why).contains("has stopped"));
  }

  @Test
  void doesNotComputeWhatWasCancelled() throws Exception {
    serve("gather", TestModels.OPTIONS);
    occupy(longs("index", 0));
    Answer cancelled = new Answer();
    service.submit(List.of(longs("index", 1)), cancelled).cancel();
    Answer kept = submit(longs("index", 2));
    assertThat(cancelled.failure().kind()).isEqualTo(Kind.CANCELLED);
    assertThat(service.load().queued()).isEqualTo(1);
    model.pass(2);
    assertThat(kept.floats()).containsExactly(4, 5);
    assertThat(model.batches).containsExactly(1, 1);
  }

  @Test
  void drainFinishesWhatWaitsAndRefusesWhatComes() throws Exception {
    serve("gather", TestModels.OPTIONS);
    Answer computing = occupy(longs("index", 0));
    Answer waiting = submit(longs("index", 1));
    CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(() -> service.drain(LONG));
    await().until(() -> !service.ready());
    assertThatThrownBy(() -> submit(longs("index", 2)))
        .isInstanceOfSatisfying(
            InferenceException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE))
        .hasMessageContaining("shutting down");
    assertThat(drained).isNotDone();
    model.pass(2);
    assertThat(computing.floats()).containsExactly(0, 1);
    assertThat(waiting.floats()).containsExactly(2, 3);
    assertThat(drained.get(20, TimeUnit.SECONDS)).isTrue();
    assertThat(service.load().completed()).isEqualTo(2);
  }

  @Test
  void drainGivesUpAfterItsTime() throws Exception {
    serve("gather", TestModels.OPTIONS);
    occupy(longs("index", 0));
    assertThat(service.drain(Duration.ofMillis(20))).isFalse();
  }

  @Test
  void drainWaitsForAnswersBeingWritten() {
    serve("gather", TestModels.OPTIONS);
    service.exchanges().begin();
    CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(() -> service.drain(LONG));
    await().until(() -> !service.ready());
    assertThat(drained).isNotDone();
    service.exchanges().end();
    assertThat(drained.join()).isTrue();
  }

  @Test
  void isNotReadyBeforeItIsStarted() {
    service = new BatchingInferenceService(TestModels.OPTIONS, "digits", registry);
    assertThat(service.ready()).isFalse();
    assertThat(service.hung()).isEmpty();
    assertThat(service.load().inFlight() + service.load().queued()).isZero();
    assertThatThrownBy(() -> submit(longs("index", 0)))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("not ready yet");
    assertThat(service.drain(Duration.ofSeconds(1))).isTrue();
  }

  @Test
  void doesNotStartAModelThatGivesNoFiniteNumbers() {
    service = new BatchingInferenceService(TestModels.OPTIONS, "digits", registry);
    try (LoadedModel log = TestModels.load("log")) {
      assertThatThrownBy(() -> service.start(log))
          .isInstanceOfSatisfying(
              ModelFailure.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.WarmUpFailed))
          .hasMessageContaining("-Infinity at element 0 of output 'y'");
      assertThat(service.ready()).isFalse();
    }
  }

  @Test
  void severalWorkersNeverSwapRows() throws Exception {
    serve(
        "wide",
        new ServingOptions(
            BatchingMode.Auto, 32, Duration.ofMillis(1), 100_000, 256L << 20, LONG, 3));
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      float[] row = i % 3 == 0 ? new float[] {i, i} : new float[] {i};
      answers.add(submit(floats("x", new long[] {1, row.length}, row)));
    }
    for (int i = 0; i < answers.size(); i++) {
      assertThat(answers.get(i).floats()).hasSize(i % 3 == 0 ? 2 : 1).containsOnly(2f * i);
    }
  }
}

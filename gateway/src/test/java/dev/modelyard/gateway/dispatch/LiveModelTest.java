package dev.modelyard.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.gateway.balance.Pod;
import dev.modelyard.gateway.hold.HoldBudget;
import dev.modelyard.gateway.metrics.GatewayMetrics;
import dev.modelyard.gateway.routing.Endpoint;
import dev.modelyard.gateway.routing.ModelKey;
import dev.modelyard.gateway.routing.ModelRoute;
import dev.modelyard.gateway.routing.ModelRoute.Refusal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who waits, for how long, and who is next. */
class LiveModelTest {
  private static final ModelKey KEY = new ModelKey("vision", "digits");
  private static final int WINDOW = 2;

  private final GatewayMetrics metrics = new GatewayMetrics(new SimpleMeterRegistry());
  private final HoldBudget budget = new HoldBudget(6, 1000);
  private long now;
  private final Models models =
      new Models(5, budget, model -> metrics.model(model.route().key(), model::held), () -> now);
  private final List<String> events = new ArrayList<>();
  private final List<Pod> given = new ArrayList<>();

  private final class Request implements Waiter {
    private final String name;
    private final long bytes;
    private final long until;

    Request(String name, long bytes, long until) {
      this.name = name;
      this.bytes = bytes;
      this.until = until;
    }

    @Override
    public long heldBytes() {
      return bytes;
    }

    @Override
    public long heldUntil() {
      return until;
    }

    @Override
    public void released(Pod pod) {
      given.add(pod);
      events.add(name);
    }

    @Override
    public void givenUp(GiveUp why) {
      events.add(name + " " + why);
    }
  }

  private LiveModel route(Refusal refusal, int pods) {
    models.update(
        new ModelRoute(
            KEY,
            IntStream.range(0, pods).mapToObj(i -> new Endpoint("10.0.0." + i, 80)).toList(),
            refusal,
            Duration.ofSeconds(30),
            WINDOW,
            10,
            null));
    return models.find(KEY);
  }

  private Waiter.GiveUp hold(String name) {
    return models.find(KEY).hold(new Request(name, 1, 100));
  }

  @Test
  void whoCameFirstGoesFirstAtThePaceOfTheAnswers() {
    LiveModel model = route(null, 0);
    for (String name : List.of("a", "b", "c", "d", "e")) {
      assertThat(model.begin()).isNull();
      assertThat(hold(name)).isNull();
    }
    assertThat(models.held()).containsExactly(new Models.Held(KEY, 5));

    route(null, 1);
    assertThat(events).containsExactly("a", "b");
    // Nobody overtakes those who wait.
    assertThat(model.begin()).isNull();
    model.end(given.get(0));
    assertThat(events).containsExactly("a", "b", "c");
    route(null, 2);
    assertThat(events).containsExactly("a", "b", "c", "d", "e");
    assertThat(models.held()).isEmpty();
    assertThat(model.begin()).isNotNull();
    assertThat(budget.requests()).isZero();
    assertThat(budget.bytes()).isZero();
  }

  @Test
  void aModelAndAllTogetherHoldSoManyAndNoMore() {
    route(null, 0);
    for (int i = 0; i < 5; i++) {
      assertThat(hold("a" + i)).isNull();
    }
    assertThat(hold("over")).isEqualTo(Waiter.GiveUp.FULL);

    ModelKey other = new ModelKey("vision", "other");
    models.update(new ModelRoute(other, List.of(), null, Duration.ZERO, 1, 1, null));
    assertThat(models.find(other).hold(new Request("large", 996, 100)))
        .isEqualTo(Waiter.GiveUp.FULL);
    assertThat(models.find(other).hold(new Request("fits", 995, 100))).isNull();
    assertThat(models.find(other).hold(new Request("one too many", 0, 100)))
        .isEqualTo(Waiter.GiveUp.FULL);
    models.giveUpAll();
    assertThat(budget.requests()).isZero();
    assertThat(budget.bytes()).isZero();
  }

  @Test
  void timeEndsTheWaiting() {
    route(null, 0);
    hold("a");
    now = 99;
    models.tick();
    assertThat(events).isEmpty();
    now = 100;
    models.tick();
    assertThat(events).containsExactly("a DEADLINE");
  }

  @Test
  void nobodyWaitsForWhatWillNotCome() {
    Refusal refusal = new Refusal("ScaledToZero", "");
    route(null, 0);
    hold("a");
    route(refusal, 0);
    assertThat(events).containsExactly("a REFUSED");
    assertThat(hold("b")).isEqualTo(Waiter.GiveUp.REFUSED);
    // What serves serves, whatever the status says.
    assertThat(route(refusal, 1).begin()).isNotNull();

    LiveModel model = route(null, 0);
    hold("c");
    models.remove(KEY);
    assertThat(events).containsExactly("a REFUSED", "c GONE");
    assertThat(model.hold(new Request("d", 0, 100))).isEqualTo(Waiter.GiveUp.GONE);
    assertThat(models.find(KEY)).isNull();
  }

  @Test
  void whoLeavesIsNotReleased() {
    LiveModel model = route(null, 0);
    Request leaves = new Request("a", 1, 100);
    model.hold(leaves);
    hold("b");

    assertThat(model.leave(leaves)).isTrue();
    assertThat(model.leave(leaves)).isFalse();
    route(null, 1);

    assertThat(events).containsExactly("b");
    assertThat(model.leave(leaves)).isFalse();
  }

  @Test
  void whoWaitsIsNotGivenToAPodThatFails() {
    LiveModel model = route(null, 1);
    Pod pod = model.begin();
    pod.unreachable(now);
    model.end(pod);
    assertThat(hold("a")).isNull();
    models.tick();
    assertThat(events).isEmpty();

    // Longer than the waiting would be: it is the pod that comes back.
    now = 99;
    models.tick();
    assertThat(events).isEmpty();
    route(null, 2);
    assertThat(events).containsExactly("a");
    assertThat(given.get(0)).isNotSameAs(pod);
  }
}

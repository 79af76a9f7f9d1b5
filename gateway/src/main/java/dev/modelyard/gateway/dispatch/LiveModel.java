package dev.modelyard.gateway.dispatch;

import dev.modelyard.gateway.balance.Pod;
import dev.modelyard.gateway.balance.PodChoice;
import dev.modelyard.gateway.dispatch.Waiter.GiveUp;
import dev.modelyard.gateway.hold.HoldBudget;
import dev.modelyard.gateway.hold.HoldQueue;
import dev.modelyard.gateway.metrics.ModelMetrics;
import dev.modelyard.gateway.routing.Endpoint;
import dev.modelyard.gateway.routing.ModelRoute;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * One model while the gateway runs: its route, its pods, and who waits for one. Any thread may
 * call.
 */
public final class LiveModel {
  private static final Pod[] NONE = {};

  private final HoldQueue<Waiter> held;
  private final LongSupplier nanoTime;
  private final ModelMetrics metrics;
  private volatile ModelRoute route;
  private volatile Pod[] pods = NONE;
  private volatile boolean gone;

  LiveModel(
      ModelRoute route,
      int maxHeld,
      HoldBudget budget,
      Function<LiveModel, ModelMetrics> metrics,
      LongSupplier nanoTime) {
    this.held = new HoldQueue<>(maxHeld, budget);
    this.nanoTime = nanoTime;
    this.route = route;
    this.metrics = metrics.apply(this);
  }

  /** What is true of the model now; whoever needs two things of it asks once. */
  public ModelRoute route() {
    return route;
  }

  public ModelMetrics metrics() {
    return metrics;
  }

  /** How many wait now. */
  public int held() {
    return held.size();
  }

  /** Whether any pod is ready. */
  public boolean hasPods() {
    return pods.length > 0;
  }

  /**
   * Takes a pod for a new request, or null: then it must {@link #hold}. Nobody overtakes those who
   * wait.
   */
  public Pod begin() {
    return held.size() > 0 ? null : begin(List.of(), true);
  }

  /** Takes another pod for a request that had a pod before, and so its turn. */
  public Pod beginAgain(Collection<Pod> tried) {
    return begin(tried, false);
  }

  private Pod begin(Collection<Pod> tried, boolean failingToo) {
    Pod pod = PodChoice.choose(pods, route.capacity(), tried, failingToo, nanoTime.getAsLong());
    if (pod != null) {
      pod.begin();
    }
    return pod;
  }

  /** A request is over that had taken the pod. */
  public void end(Pod pod) {
    pod.end();
    if (held.size() > 0) {
      release();
    }
  }

  /**
   * Lets a request wait.
   *
   * @return null where it waits, or has a pod already; else why it does not
   */
  public GiveUp hold(Waiter waiter) {
    if (gone) {
      return GiveUp.GONE;
    }
    if (pods.length == 0 && route.refusal() != null) {
      return GiveUp.REFUSED;
    }
    if (!held.offer(waiter)) {
      return GiveUp.FULL;
    }
    // What happened between the looks above and the offer was told to those who waited then.
    if (gone && held.remove(waiter)) {
      return GiveUp.GONE;
    }
    if (pods.length == 0 && route.refusal() != null && held.remove(waiter)) {
      return GiveUp.REFUSED;
    }
    release();
    return null;
  }

  /** The client went away. False where it has a pod, or was given up, meanwhile. */
  public boolean leave(Waiter waiter) {
    return held.remove(waiter);
  }

  /**
   * Gives those who wait to the pods, no more to each than keep it busy: what a pod has queued
   * cannot go to the next one that becomes ready.
   */
  synchronized void release() {
    while (held.size() > 0) {
      // One that fails is left alone until it may be back: who waits has the time.
      Pod pod =
          PodChoice.choose(pods, route.releaseWindow(), List.of(), false, nanoTime.getAsLong());
      Waiter waiter = pod == null ? null : held.poll();
      if (waiter == null) {
        return;
      }
      pod.begin();
      waiter.released(pod);
    }
  }

  /** To be called now and then: time alone makes deadlines pass and pods come back. */
  void tick() {
    if (held.size() > 0) {
      held.expired(nanoTime.getAsLong()).forEach(waiter -> waiter.givenUp(GiveUp.DEADLINE));
      release();
    }
  }

  synchronized void update(ModelRoute now) {
    Map<Endpoint, Pod> known =
        Arrays.stream(pods).collect(Collectors.toMap(Pod::endpoint, Function.identity()));
    route = now;
    pods =
        now.ready().stream()
            .map(endpoint -> known.getOrDefault(endpoint, new Pod(endpoint)))
            .toArray(Pod[]::new);
    if (pods.length == 0 && now.refusal() != null) {
      giveUp(GiveUp.REFUSED);
    } else {
      release();
    }
  }

  synchronized void remove() {
    gone = true;
    pods = NONE;
    giveUp(GiveUp.GONE);
    metrics.close();
  }

  void giveUp(GiveUp why) {
    held.drain().forEach(waiter -> waiter.givenUp(why));
  }
}

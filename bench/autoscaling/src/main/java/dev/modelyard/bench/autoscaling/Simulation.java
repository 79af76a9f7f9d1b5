package dev.modelyard.bench.autoscaling;

import dev.modelyard.bench.autoscaling.Autoscaler.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Requests, replicas and one contender, event by event.
 *
 * <p>Replicas share one first-come-first-served queue, so that autoscalers are compared and not
 * load balancers: a request waits only while every slot of every Ready replica is taken. A replica
 * that is scaled away finishes what it computes and costs until then; of those to go, starting ones
 * go first, as in a Deployment.
 */
final class Simulation {
  private final Workload workload;
  private final Plant plant;
  private final Autoscaler autoscaler;
  private final Random starts;
  private final List<Double> readySince = new ArrayList<>();
  private final List<Start> starting = new ArrayList<>();
  private final PriorityQueue<Double> departures = new PriorityQueue<>();

  private int nextArrival;
  private int nextServed;
  private double now;
  private double inFlightSeconds;
  private double waitingSeconds;
  private double lastPresent;
  private long completed;
  private long inTime;
  private double replicaSeconds;

  private record Start(double since, double ready) {}

  /**
   * @param attainment the share of requests that met the objective
   * @param replicaSeconds of starting, Ready and finishing replicas
   * @param wanted replicas, second by second
   * @param ready replicas, second by second
   */
  record Result(double attainment, double replicaSeconds, int[] wanted, int[] ready) {}

  private Simulation(Workload workload, Plant plant, Autoscaler autoscaler) {
    this.workload = workload;
    this.plant = plant;
    this.autoscaler = autoscaler;
    this.starts = new Random(workload.arrivals().length);
  }

  static Result run(Workload workload, Plant plant, Autoscaler autoscaler) {
    return new Simulation(workload, plant, autoscaler).run();
  }

  private Result run() {
    int[] wantedBySecond = new int[workload.seconds()];
    int[] readyBySecond = new int[workload.seconds()];
    int wanted = initial();
    for (int i = 0; i < wanted; i++) {
      readySince.add(0.0);
    }
    for (int second = 0; second < workload.seconds(); second++) {
      inFlightSeconds = 0;
      waitingSeconds = 0;
      advance(second + 1.0);
      Sample sample = sample(second + 1, wanted);
      wanted = Math.max(0, Math.min(plant.maxReplicas(), autoscaler.decide(sample)));
      scale(wanted);
      wantedBySecond[second] = wanted;
      readyBySecond[second] = readySince.size();
    }
    return new Result(attainment(), replicaSeconds, wantedBySecond, readyBySecond);
  }

  /** As many as the first minute needs, for whoever runs: how one begins is not the question. */
  private int initial() {
    double work = 0;
    for (int i = 0; i < workload.arrivals().length && workload.arrivals()[i] < 60; i++) {
      work += workload.work()[i];
    }
    double load = work / 60 * (1 + plant.slowdown() * plant.target() / plant.slots());
    return Math.max(1, (int) Math.ceil(load / plant.target()));
  }

  /** Those still waiting count as soon as they cannot meet it any more. */
  private double attainment() {
    long judged = nextServed;
    while (judged < nextArrival && now - workload.arrivals()[(int) judged] > plant.waitSeconds()) {
      judged++;
    }
    return judged == 0 ? 1 : (double) inTime / judged;
  }

  private void advance(double until) {
    while (true) {
      double arrival =
          nextArrival < workload.arrivals().length
              ? workload.arrivals()[nextArrival]
              : Double.POSITIVE_INFINITY;
      double departure = departures.isEmpty() ? Double.POSITIVE_INFINITY : departures.peek();
      double ready = Double.POSITIVE_INFINITY;
      for (Start start : starting) {
        ready = Math.min(ready, start.ready());
      }
      double next = Math.min(arrival, Math.min(departure, ready));
      if (next > until) {
        pass(until);
        return;
      }
      pass(next);
      if (next == arrival) {
        nextArrival++;
      } else if (next == departure) {
        departures.poll();
        completed++;
      } else {
        starting.removeIf(start -> start.ready() <= now);
        readySince.add(now);
      }
      serve();
    }
  }

  private void pass(double to) {
    double seconds = to - now;
    int finishing =
        Math.max(0, (departures.size() + plant.slots() - 1) / plant.slots() - readySince.size());
    inFlightSeconds += departures.size() * seconds;
    waitingSeconds += (nextArrival - nextServed) * seconds;
    replicaSeconds += (readySince.size() + starting.size() + finishing) * seconds;
    if (nextArrival > nextServed || !departures.isEmpty()) {
      lastPresent = to;
    }
    now = to;
  }

  private void serve() {
    int slots = plant.slots() * readySince.size();
    while (nextServed < nextArrival && departures.size() < slots) {
      double crowd = (departures.size() + 1.0) / slots;
      double work = workload.work()[nextServed] * (1 + plant.slowdown() * crowd);
      if (now - workload.arrivals()[nextServed] <= plant.waitSeconds()) {
        inTime++;
      }
      departures.add(now + work);
      nextServed++;
    }
  }

  private void scale(int wanted) {
    while (readySince.size() + starting.size() < wanted) {
      double spread = 1 + Plant.START_SPREAD * (2 * starts.nextDouble() - 1);
      starting.add(new Start(now, now + plant.coldStartSeconds() * spread));
    }
    while (readySince.size() + starting.size() > wanted) {
      if (starting.isEmpty()) {
        readySince.remove(readySince.size() - 1);
      } else {
        starting.remove(starting.size() - 1);
      }
    }
  }

  private Sample sample(int second, int wanted) {
    boolean idle = nextArrival == nextServed && departures.isEmpty();
    return new Sample(
        second,
        departures.size(),
        nextArrival - nextServed,
        inFlightSeconds,
        waitingSeconds,
        nextArrival,
        completed,
        idle ? now - lastPresent : 0,
        wanted,
        readySince.stream().map(since -> now - since).toList(),
        starting.stream().map(start -> now - start.since()).toList());
  }
}

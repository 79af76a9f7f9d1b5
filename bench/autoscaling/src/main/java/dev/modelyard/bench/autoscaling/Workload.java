package dev.modelyard.bench.autoscaling;

import java.util.Random;

/**
 * The requests of one run, the same for every contender.
 *
 * @param seconds how long it lasts
 * @param arrivals when each request comes, ascending, in seconds
 * @param work how long each is computed by a replica that computes nothing else, in seconds
 */
record Workload(String name, int seconds, double[] arrivals, double[] work) {
  /** Of the computing time around its mean: the spread of a model's inputs. */
  private static final double WORK_SIGMA = 0.4;

  /** Poisson arrivals with a rate that is steady within each second; lognormal computing times. */
  static Workload of(String name, double[] perSecond, double meanWork, long seed) {
    Random random = new Random(seed);
    int count = 0;
    int[] counts = new int[perSecond.length];
    for (int second = 0; second < perSecond.length; second++) {
      counts[second] = poisson(perSecond[second], random);
      count += counts[second];
    }
    double[] arrivals = new double[count];
    int i = 0;
    for (int second = 0; second < perSecond.length; second++) {
      double[] inSecond = random.doubles(counts[second]).sorted().toArray();
      for (double fraction : inSecond) {
        arrivals[i++] = second + fraction;
      }
    }
    return new Workload(name, perSecond.length, arrivals, work(count, meanWork, random));
  }

  /** Requests at given times, such as those of a recorded trace. */
  static Workload at(String name, double[] arrivals, double meanWork, long seed) {
    int seconds = (int) Math.ceil(arrivals[arrivals.length - 1]) + 1;
    return new Workload(name, seconds, arrivals, work(arrivals.length, meanWork, new Random(seed)));
  }

  private static double[] work(int count, double mean, Random random) {
    double mu = Math.log(mean) - WORK_SIGMA * WORK_SIGMA / 2;
    double[] work = new double[count];
    for (int i = 0; i < count; i++) {
      work[i] = Math.exp(mu + WORK_SIGMA * random.nextGaussian());
    }
    return work;
  }

  static int poisson(double mean, Random random) {
    if (mean > 50) {
      return (int) Math.max(0, Math.round(mean + Math.sqrt(mean) * random.nextGaussian()));
    }
    double limit = Math.exp(-mean);
    double product = random.nextDouble();
    int count = 0;
    while (product > limit) {
      product *= random.nextDouble();
      count++;
    }
    return count;
  }
}

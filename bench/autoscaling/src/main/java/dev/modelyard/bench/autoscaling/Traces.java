package dev.modelyard.bench.autoscaling;

import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntFunction;

/**
 * Generators of request traces, an hour each, in requests a second.
 *
 * <p>{@link #LLM_CONVERSATION} and {@link #LLM_CODE} are fitted to statistics of the Azure LLM
 * inference trace 2023 (Patel et al., Splitwise, ISCA 2024; CC-BY), which itself is not in this
 * repository; {@code --trace} replays it. What was fitted: of the conversations a coefficient of
 * variation of the minute rates of 0.21 that stays for minutes (correlation of neighbouring minutes
 * 0.81), over requests that come nearly as a Poisson process within a second; of the code
 * completions seconds that are empty for 73 %, a coefficient of variation of 2.2, 1.7 and 1.0 over
 * 1, 10 and 60 s, and correlations of neighbouring seconds and tens of seconds of 0.76 and 0.47.
 */
enum Traces {
  /** Nothing happens. */
  CONSTANT(0.5) {
    @Override
    double[] rates(Random random) {
      double rate = 20 + 60 * random.nextDouble();
      return bySecond(second -> rate);
    }
  },

  /** Few requests, far apart from time to time. */
  SPARSE(0.5) {
    @Override
    double[] rates(Random random) {
      double rate = 0.002 + 0.008 * random.nextDouble();
      return bySecond(second -> rate);
    }
  },

  /** Up over a quarter of an hour, and down. */
  RAMP(0.5) {
    @Override
    double[] rates(Random random) {
      double low = 5 + 10 * random.nextDouble();
      double high = 120 + 100 * random.nextDouble();
      int up = 400 + random.nextInt(600);
      return bySecond(
          second -> {
            double rise = Math.min(1, Math.max(0, (second - 600.0) / up));
            double fall = Math.min(1, Math.max(0, (second - 2400.0) / up));
            return low + (high - low) * (rise - fall);
          });
    }
  },

  /** A new level every ten minutes or so. */
  STEPS(0.5) {
    @Override
    double[] rates(Random random) {
      double[] rates = new double[SECONDS];
      double rate = 20;
      for (int second = 0, next = 0; second < SECONDS; second++) {
        if (second == next) {
          rate = 10 + 150 * random.nextDouble();
          next += 300 + random.nextInt(600);
        }
        rates[second] = rate;
      }
      return rates;
    }
  },

  /** A few bursts of minutes, many times the rest. */
  BURST(0.5) {
    @Override
    double[] rates(Random random) {
      double[] rates = bySecond(second -> 15.0);
      for (int burst = 0; burst < 4; burst++) {
        int from = 300 + burst * 800 + random.nextInt(300);
        int length = 90 + random.nextInt(200);
        double height = 60 + 140 * random.nextDouble();
        add(rates, from, length, height);
      }
      return rates;
    }
  },

  /** Short spikes, one after the other. */
  SPIKES(0.5) {
    @Override
    double[] rates(Random random) {
      double[] rates = bySecond(second -> 20.0);
      for (int at = 60; at < SECONDS; at += 60 + random.nextInt(180)) {
        add(rates, at, 5 + random.nextInt(15), 50 + 100 * random.nextDouble());
      }
      return rates;
    }
  },

  /** A day in an hour: an afternoon of twelve times the night. */
  DIURNAL(0.5) {
    @Override
    double[] rates(Random random) {
      double mean = 60 + 40 * random.nextDouble();
      double phase = 2 * Math.PI * random.nextDouble();
      return bySecond(
          second ->
              mean
                  * (1
                      + 0.8 * Math.sin(phase + 2 * Math.PI * second / SECONDS)
                      + 0.05 * Math.sin(5 * phase + 2 * Math.PI * second / 240.0)));
    }
  },

  /** Used for minutes, then by nobody. */
  ON_OFF(0.5) {
    @Override
    double[] rates(Random random) {
      double[] rates = new double[SECONDS];
      int at = 30;
      while (at < SECONDS) {
        int length = 60 + random.nextInt(300);
        add(rates, at, length, 5 + 60 * random.nextDouble());
        at += length + 60 + random.nextInt(480);
      }
      return rates;
    }
  },

  /** The logarithm of the rate walks, and is drawn back. */
  RANDOM_WALK(0.5) {
    @Override
    double[] rates(Random random) {
      double[] rates = new double[SECONDS];
      double level = 0;
      for (int second = 0; second < SECONDS; second++) {
        level += 0.03 * random.nextGaussian() - 0.001 * level;
        rates[second] = Math.min(300, 40 * Math.exp(level));
      }
      return rates;
    }
  },

  /** Bursts of Pareto length and height, shape 1.5: long tails, as in web traffic. */
  HEAVY_TAILS(0.5) {
    @Override
    double[] rates(Random random) {
      double[] rates = bySecond(second -> 10.0);
      for (int at = 0; at < SECONDS; at += 1 + (int) (-45 * Math.log(1 - random.nextDouble()))) {
        double length = Math.min(600, 8 * pareto(random, 1.5));
        add(rates, at, (int) length, Math.min(120, 10 * pareto(random, 1.5)));
      }
      return rates;
    }
  },

  /** Fitted to Azure's conversations: minutes that differ a little, requests of seconds. */
  LLM_CONVERSATION(4) {
    @Override
    double[] rates(Random random) {
      double[] rates = new double[SECONDS];
      double deviation = 0.21;
      double correlation = 0.81;
      double minute = deviation * random.nextGaussian();
      double tens = 0;
      for (int second = 0; second < SECONDS; second++) {
        if (second % 60 == 0) {
          minute =
              correlation * minute
                  + deviation * Math.sqrt(1 - correlation * correlation) * random.nextGaussian();
        }
        if (second % 10 == 0) {
          tens = 0.08 * random.nextGaussian();
        }
        rates[second] = 12 * Math.exp(minute + tens);
      }
      return rates;
    }
  },

  /** Fitted to Azure's code completions: silence and bursts, from seconds to minutes. */
  LLM_CODE(2) {
    @Override
    double[] rates(Random random) {
      double[] rates = new double[SECONDS];
      int second = 0;
      while (second < SECONDS) {
        int silence = 1 + (int) (-14 * Math.log(1 - random.nextDouble()));
        int length = Math.min(60, 2 + (int) pareto(random, 1.2));
        add(rates, second + silence, length, 6 * pareto(random, 1.2));
        second += silence + length;
      }
      for (int i = 0; i < SECONDS; i++) {
        rates[i] = Math.min(70, rates[i]);
      }
      return rates;
    }
  };

  static final int SECONDS = 3600;

  private final double meanWork;

  Traces(double meanWork) {
    this.meanWork = meanWork;
  }

  abstract double[] rates(Random random);

  Workload workload(long seed) {
    Random random = new Random(31 * seed + ordinal());
    return Workload.of(label() + " " + seed, rates(random), meanWork, random.nextLong());
  }

  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static double[] bySecond(IntFunction<Double> rate) {
    double[] rates = new double[SECONDS];
    Arrays.setAll(rates, rate::apply);
    return rates;
  }

  private static void add(double[] rates, int from, int length, double height) {
    for (int second = from; second < Math.min(rates.length, from + length); second++) {
      rates[second] += height;
    }
  }

  private static double pareto(Random random, double shape) {
    return Math.pow(1 - random.nextDouble(), -1 / shape);
  }
}

package dev.modelyard.bench.autoscaling;

import java.util.Locale;

/** What the figures mean, for the report. */
final class ReportTexts {
  static final String READING =
      """
      *Better* is: as good on both axes, requests in time (within 0.1 percentage points) and \
      replica-seconds (within 1 %), and better than that on one at least. Against the HPA, which \
      cannot scale to zero, Modelyard runs with `minReplicas: 1`; against the KPA, and in the \
      tables, with 0. The gap is the median of the replica-seconds over the oracle's; it says \
      nothing of the requests in time, which stand beside it.

      ![requests in time over replica-seconds](benchmarks/autoscaling-trade-off.svg)

      ![Ready replicas in a trace of bursts](benchmarks/autoscaling-burst.svg)

      ### By trace

      Requests in time, and replica-hours; means over the seeds.

      """;

  static final String RECORDED =
      """
      ### Recorded traces

      Replayed from files that are not in this repository, with a mean of 4 s a request; not \
      counted above.

      """;

  static final String CONTENDERS =
      """
      ### The contenders

      - *Modelyard*: the operator's policy, the same code, asked once a second with what `/status` \
      and the gateways tell; its defaults (`scaleDownDelay: 1m`, `scaleToZeroAfter: 5m`).
      - *HPA*: autoscaling/v2 with a Pods metric, its defaults: every 15 s, tolerance 0.1, up by \
      100 % or 4 pods in 15 s, down to the highest of 300 s. It gets the in-flight count that the \
      others get, averaged over 15 s and up to 15 s old, as from metrics-server.
      - *Knative KPA*: its defaults: every 2 s, windows of 60 s and 6 s, panic at 200 %, down by half \
      at most; the target is 70 % of the container concurrency. The last pod is kept so that zero \
      comes after 5 minutes, as Modelyard's.
      - *oracle*: knows all requests, has replicas Ready when they are needed, keeps them over gaps \
      shorter than a start, at the same target; of several averaging windows the cheapest that has \
      99 % in time.

      HPA and KPA are written anew from their documentation and tested against its examples. The \
      HPA's metric contains what waits, so that it sees a backlog; on a metric that saturates, such \
      as CPU, it would scale up less and later. Modelyard lets a replica carry 5 % over the target \
      before it adds one, and answers noise within 10 %; the HPA has a tolerance of 10 %, the KPA none.

      ### What the simulation leaves out

      One queue before all replicas, whoever scales: autoscalers are compared, not load balancers. \
      Nobody gives up waiting. Nodes are there at once. Starts differ by 10 % around a mean that \
      Modelyard knows. Of the cold starts, 1 s is this project's digits model from a warm image; \
      20 s and 120 s stand for models of gigabytes to be fetched and loaded: they are assumed.

      ### How to repeat

      `bench/run autoscaling` (JDK 17, Maven; `--quick` for one seed a kind, `--trace FILE` to replay \
      recorded requests besides). The same seeds give the same figures.
      """;

  private ReportTexts() {}

  static String setting(Settings settings, int runs) {
    return String.format(
        Locale.ROOT,
        """
        Simulated: %d traces of an hour, %d of each kind, each with cold starts of 1, 20 and 120 s. \
        A replica computes 10 requests at a time, 0.5 s each (language models: 2 s and 4 s; \
        lognormal) and up to half as long again when it is full; all aim at 7 in flight a replica, \
        at most 60. A request is *in time* when it waits at most 1 s before it is computed. The \
        policy was tuned on seeds 1 to 3; these are seeds %d to %d of the same generators, which it had not seen.

        """,
        runs / AutoscalingBenchmark.COLD_STARTS.length,
        settings.seeds(),
        Settings.FIRST_SEED,
        Settings.FIRST_SEED + settings.seeds() - 1);
  }
}

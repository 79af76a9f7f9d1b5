package dev.modelyard.bench.gateway;

import dev.modelyard.bench.inference.Format;
import dev.modelyard.bench.inference.Holdout;
import dev.modelyard.bench.inference.Machine;
import dev.modelyard.bench.inference.OtherLoad;
import dev.modelyard.bench.inference.Server;
import dev.modelyard.bench.inference.ServerProcess;
import dev.modelyard.bench.inference.Wrk;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * {@code bench/run gateway}: what the gateway adds to a call of the pod, next to nginx. The ways
 * take turns within a round, so that whatever else the machine does meets them alike.
 */
public final class GatewayBenchmark {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path repository;
  private final Path work;
  private final Settings settings;
  private final Wrk wrk;
  private final Path bodies;

  private GatewayBenchmark(Path repository, Settings settings) throws IOException {
    this.repository = repository;
    this.settings = settings;
    work = Files.createDirectories(repository.resolve("bench/gateway/target/run"));
    wrk = new Wrk(repository.resolve("bench/inference/infer.lua"));
    bodies = work.resolve("bodies");
  }

  /**
   * @param args the repository, then the options of {@link Settings}
   */
  public static void main(String... args) throws Exception {
    Path repository = Path.of(args[0]).toAbsolutePath().normalize();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () ->
                    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly)));
    try {
      Settings settings =
          Settings.parse(
              List.of(args).subList(1, args.length), repository.resolve("docs/benchmarks.md"));
      new GatewayBenchmark(repository, settings).run();
      System.exit(0);
    } catch (IllegalArgumentException | IllegalStateException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(1);
    }
  }

  private void run() throws IOException, InterruptedException {
    Holdout holdout = Holdout.read(repository.resolve("examples/digits/holdout.csv"));
    Format.JSON.write(holdout, bodies);
    Format.Body body = Format.JSON.body(holdout.rows().get(0));
    try (ServerProcess pod = Server.RUNTIME.start(repository, work)) {
      pod.awaitFirstPrediction(body);
      try (Cluster cluster = Cluster.start(repository, work, pod.infer().getPort())) {
        List<Way> ways =
            List.of(
                new Way(Way.Kind.DIRECT, pod.infer(), null),
                Proxies.gateway(repository, work, cluster.kubeconfig()),
                Proxies.nginx(work, pod.infer()));
        for (Way way : ways) {
          await(way, body);
        }
        for (Way way : ways) {
          for (int connections : Settings.CONNECTIONS) {
            wrk.run(way.infer(), Format.JSON, bodies, connections, settings.warmUpSeconds());
          }
        }
        report(
            new Report(Machine.here(LocalDate.now(ZoneOffset.UTC)), measure(ways, pod), settings));
      }
    }
  }

  private static void await(Way way, Format.Body body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(way.infer())
            .timeout(Duration.ofSeconds(10))
            .header("Content-Type", Format.JSON.contentType())
            .POST(BodyPublishers.ofByteArray(body.bytes()))
            .build();
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      try {
        if (client.send(request, BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // It does not listen yet.
      }
      Thread.sleep(50);
    }
    throw new IllegalStateException(way.kind().label() + " gives no prediction");
  }

  private Map<Report.Cell, List<Report.Measure>> measure(List<Way> ways, ServerProcess pod)
      throws IOException, InterruptedException {
    Map<Report.Cell, List<Report.Measure>> cells = new LinkedHashMap<>();
    for (int round = 1; round <= settings.rounds(); round++) {
      for (int connections : Settings.CONNECTIONS) {
        StringBuilder line =
            new StringBuilder(
                "bench: round %d/%d, %d connections:"
                    .formatted(round, settings.rounds(), connections));
        for (Way way : ways) {
          List<Long> ours =
              Stream.concat(
                      Stream.of(pod.pid()), ways.stream().flatMap(each -> each.pids().stream()))
                  .toList();
          OtherLoad others = OtherLoad.start(ours);
          double cpu = way.cpuSeconds();
          Wrk.Result load =
              wrk.run(way.infer(), Format.JSON, bodies, connections, settings.seconds());
          double micros = (way.cpuSeconds() - cpu) / load.requests() * 1e6;
          cells
              .computeIfAbsent(new Report.Cell(connections, way.kind()), any -> new ArrayList<>())
              .add(new Report.Measure(load, micros, others.percent()));
          line.append(
              " %s %.0f requests/s %.1f us;"
                  .formatted(way.kind().label(), load.perSecond(), micros));
        }
        System.out.println(line);
      }
    }
    return cells;
  }

  private void report(Report report) throws IOException {
    System.out.println();
    System.out.println(report.markdown());
    if (settings.report() != null) {
      Report.SECTION.write(settings.report(), report.markdown());
      System.out.println("bench: wrote " + settings.report());
    }
    System.out.println(report.summary());
  }
}

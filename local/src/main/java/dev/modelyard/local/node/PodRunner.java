package dev.modelyard.local.node;

import dev.modelyard.local.process.Supervised;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Probe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Runs one pod as one process, on a thread of its own: start, probe, restart with back-off, stop.
 *
 * <p>The back-off starts at 2 s where a kubelet takes 10 s, so that a laptop shows a crash loop
 * quickly; it doubles up to 5 min, and 10 min of running forget it.
 */
final class PodRunner {
  private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(2);
  private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(5);
  private static final Duration FORGET_AFTER = Duration.ofMinutes(10);
  private static final Duration TICK = Duration.ofMillis(50);
  private static final int DEFAULT_GRACE_SECONDS = 30;

  private final Pod pod;
  private final Container container;
  private final String ip;
  private final Images images;
  private final Path home;
  private final Predicate<PodStatus> publisher;
  private final Runnable whenGone;
  private final ContainerReport report;
  private final Thread thread;

  private volatile Long graceSeconds;
  private PodStatus published;

  /**
   * @param publisher takes each new status; false when it could not, to be given it again
   * @param whenGone runs when a pod that was asked to stop has stopped
   */
  PodRunner(
      Pod pod,
      String ip,
      Images images,
      Path home,
      Predicate<PodStatus> publisher,
      Runnable whenGone) {
    this.pod = pod;
    this.container = pod.getSpec().getContainers().get(0);
    this.ip = ip;
    this.images = images;
    this.home = home;
    this.publisher = publisher;
    this.whenGone = whenGone;
    this.report = new ContainerReport(pod, container, ip);
    this.thread = new Thread(this::run, "pod-" + pod.getMetadata().getName());
    this.thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Asks the pod to stop; a shorter grace than the one before counts. */
  void stop(Long seconds) {
    Long own = pod.getSpec().getTerminationGracePeriodSeconds();
    long wanted = seconds != null ? seconds : own != null ? own : DEFAULT_GRACE_SECONDS;
    synchronized (this) {
      graceSeconds = graceSeconds == null ? wanted : Math.min(graceSeconds, wanted);
      notifyAll();
    }
  }

  boolean join(Duration limit) throws InterruptedException {
    thread.join(Math.max(1, limit.toMillis()));
    return !thread.isAlive();
  }

  private void run() {
    try {
      PodFiles files = new PodFiles(home, pod, container);
      if (pod.getSpec().getContainers().size() > 1
          || !pod.getSpec().getInitContainers().isEmpty()) {
        throw new UnsupportedPod("the laptop's node runs pods of one container only");
      }
      files.prepare();
      var command = images.command(container.getImage(), files.temporary().toString());
      if (command.isEmpty()) {
        idle(
            "ImagePullBackOff",
            "Back-off pulling image \""
                + container.getImage()
                + "\": the laptop has no such image, only "
                + String.join(", ", images.commands().keySet()));
      } else {
        runContainer(files, command.get());
      }
      files.cleanUp();
    } catch (UnsupportedPod e) {
      idleQuietly("CreateContainerConfigError", e.getMessage());
    } catch (RuntimeException e) {
      idleQuietly("CreateContainerError", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    whenGone.run();
  }

  private void idleQuietly(String reason, String message) {
    try {
      idle(reason, message);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void idle(String reason, String message) throws InterruptedException {
    report.waiting(reason, message);
    do {
      publish();
    } while (!awaitStop(Duration.ofSeconds(1)));
  }

  private void runContainer(PodFiles files, List<String> command) throws InterruptedException {
    Duration backOff = FIRST_BACK_OFF;
    while (true) {
      long begin = System.nanoTime();
      int exitCode = runOnce(files, command);
      report.terminated(exitCode, files.terminationMessage(container, exitCode));
      publish();
      if (graceSeconds != null) {
        return;
      }
      if (System.nanoTime() - begin > FORGET_AFTER.toNanos()) {
        backOff = FIRST_BACK_OFF;
      }
      report.waiting(
          "CrashLoopBackOff",
          "back-off "
              + backOff.toSeconds()
              + "s restarting failed container="
              + container.getName()
              + " pod="
              + pod.getMetadata().getName());
      publish();
      if (awaitStop(backOff)) {
        return;
      }
      backOff = min(backOff.multipliedBy(2), LONGEST_BACK_OFF);
      files.prepare();
    }
  }

  private int runOnce(PodFiles files, List<String> command) throws InterruptedException {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.putAll(files.environment(pod, container, ip));
    // What a container's network namespace would do: its ports are its own.
    environment.put("QUARKUS_HTTP_HOST", ip);
    environment.put("QUARKUS_MANAGEMENT_HOST", ip);
    var probes = new Probes(container, ip);
    try (var process = Supervised.start(command, environment, files.folder(), files.log())) {
      report.running();
      publish();
      while (process.isAlive()) {
        if (graceSeconds != null) {
          drain(process);
          break;
        }
        probes.poll();
        report.probed(probes.started(), probes.ready());
        publish();
        if (probes.mustRestart() != null) {
          process.stop(Duration.ofSeconds(grace()));
          break;
        }
        process.waitFor(TICK);
      }
      process.waitFor(Duration.ofSeconds(5));
      return process.isAlive() ? Supervised.KILLED : process.exitCode();
    }
  }

  private long grace() {
    Long seconds = pod.getSpec().getTerminationGracePeriodSeconds();
    return seconds == null ? DEFAULT_GRACE_SECONDS : seconds;
  }

  /** SIGTERM, then SIGKILL when the grace, which may be shortened meanwhile, is over. */
  private void drain(Supervised process) {
    long begin = System.nanoTime();
    if (graceSeconds > 0) {
      process.terminate();
    }
    while (process.isAlive()
        && System.nanoTime() - begin < Duration.ofSeconds(graceSeconds).toNanos()) {
      process.waitFor(TICK);
    }
    if (process.isAlive()) {
      process.kill();
    }
  }

  private boolean awaitStop(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    synchronized (this) {
      while (graceSeconds == null && System.nanoTime() < deadline) {
        wait(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
      }
    }
    return graceSeconds != null;
  }

  private void publish() {
    PodStatus status = report.status();
    if (!status.equals(published) && publisher.test(status)) {
      published = status;
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** The three probes of a container, in Kubernetes' order. */
  private static final class Probes {
    private final HttpProbe startup;
    private final HttpProbe readiness;
    private final HttpProbe liveness;
    private boolean started;
    private boolean ready;
    private String restart;

    Probes(Container container, String ip) {
      long now = System.nanoTime();
      startup = probe(container.getStartupProbe(), container, ip, now);
      readiness = probe(container.getReadinessProbe(), container, ip, now);
      liveness = probe(container.getLivenessProbe(), container, ip, now);
    }

    private static HttpProbe probe(Probe probe, Container container, String ip, long now) {
      return probe == null ? null : new HttpProbe(probe, container, ip, now);
    }

    void poll() throws InterruptedException {
      if (!started) {
        HttpProbe.Outcome outcome = startup == null ? HttpProbe.Outcome.SUCCESS : startup.poll();
        started = outcome == HttpProbe.Outcome.SUCCESS;
        if (outcome == HttpProbe.Outcome.FAILURE) {
          restart = "startup probe failed: " + startup.lastFailure();
        }
        if (!started) {
          return;
        }
      }
      ready = readiness == null || readiness.poll() == HttpProbe.Outcome.SUCCESS;
      if (liveness != null && liveness.poll() == HttpProbe.Outcome.FAILURE) {
        restart = "liveness probe failed: " + liveness.lastFailure();
      }
    }

    boolean started() {
      return started;
    }

    boolean ready() {
      return ready;
    }

    String mustRestart() {
      return restart;
    }
  }
}

package dev.modelyard.local.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * One probe of a container, with Kubernetes' defaults: every 10 s, 1 s to answer, 3 failures, 1
 * success. An answer from 200 to 399 is a success.
 */
final class HttpProbe {
  /** What the probe has shown so far. */
  enum Outcome {
    UNKNOWN,
    SUCCESS,
    FAILURE
  }

  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private final Probe probe;
  private final URI uri;
  private long due;
  private int successes;
  private int failures;
  private Outcome outcome = Outcome.UNKNOWN;
  private String lastFailure = "not probed yet";

  /**
   * @param now {@link System#nanoTime()} of the container's start
   * @throws UnsupportedPod for a probe other than httpGet over HTTP
   */
  HttpProbe(Probe probe, Container container, String ip, long now) {
    var get = probe.getHttpGet();
    if (get == null || "HTTPS".equals(get.getScheme())) {
      throw new UnsupportedPod("the laptop's node knows httpGet probes with scheme HTTP only");
    }
    this.probe = probe;
    String host = get.getHost() == null ? ip : get.getHost();
    String path = get.getPath() == null ? "/" : get.getPath();
    this.uri = URI.create("http://" + host + ":" + port(get.getPort(), container) + path);
    this.due = now + seconds(probe.getInitialDelaySeconds(), 0);
  }

  private static int port(IntOrString port, Container container) {
    if (port.getStrVal() == null) {
      return port.getIntVal();
    }
    return container.getPorts().stream()
        .filter(candidate -> port.getStrVal().equals(candidate.getName()))
        .map(ContainerPort::getContainerPort)
        .findFirst()
        .orElseThrow(() -> new UnsupportedPod("no port is named " + port.getStrVal()));
  }

  /** Probes if it is time to, and returns what is known now. */
  Outcome poll() throws InterruptedException {
    if (System.nanoTime() - due < 0) {
      return outcome;
    }
    due = System.nanoTime() + seconds(probe.getPeriodSeconds(), 10);
    String failure = probeOnce();
    if (failure == null) {
      failures = 0;
      successes++;
      if (successes >= count(probe.getSuccessThreshold(), 1)) {
        outcome = Outcome.SUCCESS;
      }
    } else {
      successes = 0;
      failures++;
      lastFailure = failure;
      if (failures >= count(probe.getFailureThreshold(), 3)) {
        outcome = Outcome.FAILURE;
      }
    }
    return outcome;
  }

  String lastFailure() {
    return lastFailure;
  }

  private String probeOnce() throws InterruptedException {
    try {
      HttpResponse<Void> answer =
          CLIENT.send(
              HttpRequest.newBuilder(uri)
                  .timeout(Duration.ofNanos(seconds(probe.getTimeoutSeconds(), 1)))
                  .build(),
              HttpResponse.BodyHandlers.discarding());
      int status = answer.statusCode();
      return status >= 200 && status < 400 ? null : "statuscode: " + status;
    } catch (IOException e) {
      return "Get \"" + uri + "\": " + e;
    }
  }

  private static long seconds(Integer value, int byDefault) {
    return (value == null ? byDefault : value) * 1_000_000_000L;
  }

  private static int count(Integer value, int byDefault) {
    return value == null ? byDefault : value;
  }
}

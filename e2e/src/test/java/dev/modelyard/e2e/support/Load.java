package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Clients of a model inside the cluster, which reach it as a user's pod does: by DNS, through the
 * Service. Counted is what they see; nothing is tried twice.
 */
public final class Load {
  private static final Pattern COUNTS =
      Pattern.compile("requests=(\\d+) failed=(\\d+) refused=(\\d+)\\n?(.*)", Pattern.DOTALL);

  private final KubernetesClient client;
  private final String namespace;
  private final String pod;

  private Load(KubernetesClient client, String namespace, String pod) {
    this.client = client;
    this.namespace = namespace;
    this.pod = pod;
  }

  /**
   * Starts asking for the digit of {@code examples/digits/request.json}, a 7 for both revisions.
   *
   * @param pod the name that the clients' pod gets
   * @param url of the model's infer
   * @param connections keep-alive connections, each with one request at a time
   * @param pauseMillis between an answer and the next request of a connection
   * @param node where the clients run; anywhere when null
   * @param key of the API; none when null
   */
  static Load onDigits(
      Space space,
      String pod,
      String url,
      int connections,
      int pauseMillis,
      String node,
      String key) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                url,
                DigitsRequest.FILE,
                DigitsRequest.ANSWER,
                String.valueOf(connections),
                String.valueOf(pauseMillis)));
    if (key != null) {
      arguments.add(key);
    }
    var java =
        DigitsRequest.given(new JavaPod(space.client(), space.name(), pod), space)
            .main("dev.modelyard.e2e.pods.LoadClient", arguments.toArray(String[]::new))
            .port(8090)
            .onNode(node);
    java.start();
    java.awaitReady();
    return new Load(space.client(), space.name(), pod);
  }

  /** Changes how long each connection rests between an answer and its next request. */
  public Report pace(int pauseMillis) {
    return report(client.raw(path("pace?" + pauseMillis)));
  }

  /** What was counted so far. */
  public Report report() {
    return report(client.raw(path("report")));
  }

  /** Lets the requests under way end, and ends the clients. */
  public Report stop() {
    Report report = report(client.raw(path("stop")));
    client.pods().inNamespace(namespace).withName(pod).withGracePeriod(0).delete();
    return report;
  }

  private String path(String what) {
    return "/api/v1/namespaces/%s/pods/%s:8090/proxy/%s".formatted(namespace, pod, what);
  }

  private static Report report(String text) {
    Matcher counts = COUNTS.matcher(text == null ? "" : text);
    if (!counts.matches()) {
      throw new IllegalStateException("not a report: " + text);
    }
    return new Report(
        Long.parseLong(counts.group(1)),
        Long.parseLong(counts.group(2)),
        Long.parseLong(counts.group(3)),
        counts.group(4));
  }

  /**
   * @param refused those of the failed that got no connection, and so reached nobody
   * @param failures the first of them, a line each
   */
  public record Report(long requests, long failed, long refused, String failures) {}
}

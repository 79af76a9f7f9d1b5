package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Clients of a model inside the cluster, which reach it as a user's pod does: by DNS, through the
 * Service. Counted is what they see; nothing is tried twice.
 */
public final class Load {
  private static final Pattern COUNTS =
      Pattern.compile("requests=(\\d+) failed=(\\d+)\\n?(.*)", Pattern.DOTALL);

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
   * @param connections keep-alive connections, each with one request at a time
   * @param pauseMillis between an answer and the next request of a connection
   * @param node where the clients run; anywhere when null
   */
  static Load onDigits(Space space, String model, int connections, int pauseMillis, String node) {
    KubernetesClient client = space.client();
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(space.name())
                .withName("request")
                .endMetadata()
                .withData(
                    Map.of(
                        "request.json",
                        new String(
                            Streams.bytes(Settings.ROOT.resolve("examples/digits/request.json")))))
                .build())
        .forceConflicts()
        .serverSideApply();
    String pod = "load-" + model;
    var java =
        new JavaPod(client, space.name(), pod)
            .main(
                "dev.modelyard.e2e.pods.LoadClient",
                "http://%s.%s.svc.cluster.local/v2/models/%s/infer"
                    .formatted(model, space.name(), model),
                "/request/request.json",
                "\"name\":\"label\"[^}]*\"data\":\\[7\\]",
                String.valueOf(connections),
                String.valueOf(pauseMillis))
            .port(8090)
            .mount("request", "/request")
            .onNode(node);
    java.start();
    java.awaitReady();
    return new Load(client, space.name(), pod);
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
        Long.parseLong(counts.group(1)), Long.parseLong(counts.group(2)), counts.group(3));
  }

  /**
   * @param failures the first of them, a line each
   */
  public record Report(long requests, long failed, String failures) {}
}

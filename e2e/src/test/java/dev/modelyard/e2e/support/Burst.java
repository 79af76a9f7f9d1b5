package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** Many requests at once from inside the cluster. Counted is what they see; nothing is retried. */
public final class Burst {
  private static final Pattern REPORT =
      Pattern.compile(
          "requests=(\\d+) failed=(\\d+)\\nfirstMillis=(-?\\d+) lastMillis=(-?\\d+)\\n?(.*)",
          Pattern.DOTALL);

  private final KubernetesClient client;
  private final String path;

  private Burst(KubernetesClient client, String path) {
    this.client = client;
    this.path = path;
  }

  /** Makes ready to ask for the digit of {@code examples/digits/request.json}. */
  static Burst onDigits(Space space, String pod, String url, Duration limit) {
    JavaPod java =
        DigitsRequest.given(new JavaPod(space.client(), space.name(), pod), space)
            .main(
                "dev.modelyard.e2e.pods.BurstClient",
                url,
                DigitsRequest.FILE,
                DigitsRequest.ANSWER,
                String.valueOf(limit.toSeconds()))
            .heap("256m")
            .port(8090);
    java.start();
    java.awaitReady();
    return new Burst(
        space.client(), "/api/v1/namespaces/%s/pods/%s:8090/proxy/".formatted(space.name(), pod));
  }

  /**
   * Sends so many requests at once.
   *
   * @return when the first went
   */
  public Instant start(int requests) {
    return start(String.valueOf(requests));
  }

  /**
   * Asks once.
   *
   * @param key of the API; none when null
   * @return empty where it was answered as it should be; else {@code status 404: …} and the like
   */
  public String ask(String url, String key) {
    start("1&" + url + (key == null ? "" : "&" + key));
    return await(1, Space.PATIENCE).failures().replaceFirst("^\\S+ ", "");
  }

  private Instant start(String query) {
    return Instant.ofEpochMilli(Long.parseLong(client.raw(path + "start?" + query)));
  }

  /** Waits until each of them has ended. */
  public Report await(int requests, Duration limit) {
    return Awaitility.await(requests + " requests to end")
        .atMost(limit)
        .pollInterval(Duration.ofMillis(500))
        .until(this::report, report -> report.requests() == requests);
  }

  private Report report() {
    String text = client.raw(path + "report");
    Matcher report = REPORT.matcher(text == null ? "" : text);
    if (!report.matches()) {
      throw new IllegalStateException("not a report: " + text);
    }
    return new Report(
        Integer.parseInt(report.group(1)),
        Integer.parseInt(report.group(2)),
        Long.parseLong(report.group(3)),
        Long.parseLong(report.group(4)),
        report.group(5));
  }

  /**
   * @param requests that are over
   * @param failures the first of them, a line each
   */
  public record Report(
      int requests, int failed, long firstMillis, long lastMillis, String failures) {}
}

package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/** What the operator's pods have logged since some moment. */
public final class OperatorLog {
  /**
   * A record begins with a time; what follows without one, such as a stack trace, is part of it.
   */
  private static final Pattern RECORD = Pattern.compile("(?m)^(?=\\d{4}-\\d\\d-\\d\\dT)");

  private static final Pattern STACK_TRACE =
      Pattern.compile("(?m)^\\s+at [\\w.$/]+\\(|^Caused by: ");

  /** It tells of a machine that has no CPU for us, with the stack trace of whoever was waiting. */
  private static final String SLOW_MACHINE = "BlockedThreadChecker";

  private final Cluster cluster;
  private final String since = Instant.now().toString();

  private OperatorLog(Cluster cluster) {
    this.cluster = cluster;
  }

  public static OperatorLog fromNow(Cluster cluster) {
    return new OperatorLog(cluster);
  }

  /**
   * Errors and stack traces of the whole operator, and warnings that name the namespace.
   *
   * @return the records
   */
  public List<String> trouble(Space space) {
    return cluster.operator().pods().stream()
        .flatMap(pod -> RECORD.splitAsStream(log(pod)))
        .filter(
            record ->
                record.contains(" ERROR ")
                    || STACK_TRACE.matcher(record).find()
                    || record.contains(" WARN ") && record.contains(space.name()))
        .filter(record -> !record.contains(SLOW_MACHINE))
        .toList();
  }

  private String log(Pod pod) {
    KubernetesClient client = cluster.client();
    try {
      return client
          .pods()
          .inNamespace(Operator.NAMESPACE)
          .withName(pod.getMetadata().getName())
          .sinceTime(since)
          .getLog();
    } catch (KubernetesClientException e) {
      return ""; // A pod that has not started, or has gone meanwhile.
    }
  }
}

package dev.modelyard.e2e.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the operator and the gateway asked of the API server since some moment, as the API server
 * recorded it.
 */
public final class AuditLog {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String USER = "system:serviceaccount:" + Operator.NAMESPACE + ":";
  private static final Set<String> READS = Set.of("get", "list", "watch");

  private final Path file;
  private final long start;

  private AuditLog(Path file) {
    this.file = file;
    try {
      this.start = Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Empty where the cluster's audit log cannot be read. */
  public static Optional<AuditLog> fromNow() {
    return Settings.auditLog().map(AuditLog::new);
  }

  /** Every call of one ServiceAccount of the chart, in the order of their ends. */
  public List<Call> calls(String account) {
    return calls().stream().filter(call -> call.user().equals(USER + account)).toList();
  }

  /** Every call of the chart's ServiceAccounts, in the order of their ends. */
  public List<Call> calls() {
    List<Call> calls = new ArrayList<>();
    for (String line : lines()) {
      if (line.contains(USER)) {
        call(line).filter(call -> call.user().startsWith(USER)).ifPresent(calls::add);
      }
    }
    return calls;
  }

  /** Every change that one of them made or tried to make, but those of its lease. */
  public List<Call> writes() {
    return calls().stream()
        .filter(call -> call.writes() && !call.resource().equals("leases"))
        .toList();
  }

  private List<String> lines() {
    try (var log = new RandomAccessFile(file.toFile(), "r")) {
      log.seek(start);
      byte[] bytes = new byte[Math.toIntExact(log.length() - start)];
      log.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Call> call(String line) {
    JsonNode event;
    try {
      event = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      return Optional.empty(); // Being written, or cut off when the API server was stopped.
    }
    JsonNode object = event.path("objectRef");
    return Optional.of(
        new Call(
            Instant.parse(event.path("requestReceivedTimestamp").asText()),
            event.at("/user/username").asText(),
            event.at("/user/extra").path("authentication.kubernetes.io/pod-name").path(0).asText(),
            event.path("verb").asText(),
            object.path("apiGroup").asText(),
            object.path("resource").asText(),
            object.path("subresource").asText(),
            object.path("namespace").asText(),
            object.path("name").asText(),
            event.at("/responseStatus/code").asInt(),
            event
                .path("annotations")
                .path("authorization.k8s.io/decision")
                .asText()
                .equals("forbid"),
            event.path("requestURI").asText()));
  }

  /**
   * One call.
   *
   * @param group empty for the core group
   * @param resource empty for an address that is no resource's
   * @param subresource empty where there is none
   * @param forbidden for want of a right; admission, such as a quota, refuses with 403 too
   */
  public record Call(
      Instant received,
      String user,
      String pod,
      String verb,
      String group,
      String resource,
      String subresource,
      String namespace,
      String name,
      int code,
      boolean forbidden,
      String uri) {

    /** A review is created and not stored: it asks what its user may do. */
    public boolean writes() {
      return !resource.isEmpty() && !READS.contains(verb) && !group.equals("authorization.k8s.io");
    }

    /** The right that the call needs. */
    public String right() {
      return right(verb, group, subresource.isEmpty() ? resource : resource + "/" + subresource);
    }

    /** Such as {@code patch deployments of apps}. */
    public static String right(String verb, String group, String resource) {
      return verb + " " + resource + (group.isEmpty() ? "" : " of " + group);
    }
  }
}

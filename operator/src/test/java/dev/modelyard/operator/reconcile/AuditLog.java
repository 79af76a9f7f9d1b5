package dev.modelyard.operator.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.modelyard.testing.RealApiServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one user asked of the real API server. A request is in the log before it is answered, so
 * what was seen to happen is in it.
 */
record AuditLog(String user) {

  /** In the order of the answers. */
  List<ApiCall> calls() {
    return events().stream().filter(event -> event.has("objectRef")).map(AuditLog::call).toList();
  }

  /** Writes in a namespace, Events too. */
  List<ApiCall> writes(String namespace) {
    return calls().stream()
        .filter(call -> call.isWrite() && namespace.equals(call.namespace()))
        .toList();
  }

  /** What the programs called themselves. */
  Set<String> agents() {
    return events().stream()
        .map(event -> event.get("userAgent").textValue())
        .collect(Collectors.toSet());
  }

  /** What RBAC refused: the messages. */
  Set<String> forbidden() {
    Set<String> messages = new LinkedHashSet<>();
    for (JsonNode event : events()) {
      if (event.at("/responseStatus/code").intValue() == HttpURLConnection.HTTP_FORBIDDEN) {
        messages.add(event.get("requestURI").textValue() + ": " + event.get("responseStatus"));
      }
    }
    return messages;
  }

  private List<JsonNode> events() {
    List<JsonNode> events = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(RealApiServer.auditLog())) {
        // The last line may be half written.
        if (line.contains(user) && line.endsWith("}")) {
          JsonNode event = Serialization.jsonMapper().readTree(line);
          if (user.equals(event.at("/user/username").textValue())) {
            events.add(event);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return events;
  }

  private static ApiCall call(JsonNode event) {
    JsonNode object = event.get("objectRef");
    String subresource = object.path("subresource").textValue();
    return new ApiCall(
        object.path("apiGroup").asText(),
        object.get("resource").textValue() + (subresource == null ? "" : "/" + subresource),
        event.get("verb").textValue(),
        object.path("namespace").textValue(),
        object.path("name").textValue());
  }
}

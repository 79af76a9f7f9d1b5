package dev.modelyard.operator.reconcile;

import static java.util.stream.Collectors.toCollection;

import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The requests that the operator sent to the API server. */
final class ApiCalls {
  /** User agent of the tests' own client. */
  static final String TEST = "test";

  private static final Pattern PATH =
      Pattern.compile(
          "/(?:api|apis/(?<group>[^/]+))/v[^/]+(?:/namespaces/(?<namespace>[^/]+))?/(?<resource>[a-z]+)"
              + "(?:/(?<name>[^/]+)(?:/(?<sub>[a-z]+))?)?");

  private final KubernetesMockServer server;
  private final List<ApiCall> calls = new ArrayList<>();

  ApiCalls(KubernetesMockServer server) {
    this.server = server;
  }

  /** All until now. */
  synchronized List<ApiCall> all() {
    try {
      for (RecordedRequest request = server.takeRequest(0, TimeUnit.SECONDS);
          request != null;
          request = server.takeRequest(0, TimeUnit.SECONDS)) {
        boolean isOfAResource = request.getPath().startsWith("/api");
        if (isOfAResource && !TEST.equals(request.getHeader("User-Agent"))) {
          calls.add(call(request));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return List.copyOf(calls);
  }

  /** What was called, in the words of RBAC. */
  Set<String> rules() {
    return all().stream().map(ApiCall::rule).collect(toCollection(TreeSet::new));
  }

  /** Writes in a namespace, Events aside, which are written later. */
  List<ApiCall> writes(String namespace) {
    return all().stream()
        .filter(call -> call.isWrite() && !call.resource().equals("events"))
        .filter(call -> namespace.equals(call.namespace()))
        .toList();
  }

  private static ApiCall call(RecordedRequest request) {
    String path = request.getPath();
    Matcher matcher = PATH.matcher(path.replaceAll("\\?.*", ""));
    if (!matcher.matches()) {
      throw new IllegalStateException("Not the path of a resource: " + path);
    }
    String name = matcher.group("name");
    String verb =
        switch (request.getMethod()) {
          case "GET" -> path.contains("watch=true") ? "watch" : name == null ? "list" : "get";
          case "POST" -> "create";
          case "PUT" -> "update";
          case "PATCH" -> "patch";
          case "DELETE" -> name == null ? "deletecollection" : "delete";
          default -> request.getMethod();
        };
    String sub = matcher.group("sub");
    return new ApiCall(
        matcher.group("group") == null ? "" : matcher.group("group"),
        matcher.group("resource") + (sub == null ? "" : "/" + sub),
        verb,
        matcher.group("namespace"),
        name);
  }
}

package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the operator writes in a namespace, counted from a moment on: by the audit log where it can
 * be read, which shows also what changed nothing; else by what has another version than before.
 */
public final class Writes {
  private final Space space;
  private final Optional<AuditLog> log;
  private final Map<String, String> versions;

  private Writes(Space space) {
    this.space = space;
    this.log = AuditLog.fromNow();
    this.versions = log.isPresent() ? Map.of() : versions();
  }

  public static Writes fromNow(Space space) {
    return new Writes(space);
  }

  /** Each write since then, a line each. */
  public List<String> lines() {
    if (log.isPresent()) {
      return log.get().writes().stream()
          .filter(call -> call.namespace().equals(space.name()))
          .map(call -> call.received() + " " + call.right() + " " + call.name() + " " + call.code())
          .toList();
    }
    Map<String, String> now = versions();
    now.entrySet().removeAll(versions.entrySet());
    return now.entrySet().stream().map(Object::toString).toList();
  }

  /** Of what others write too, only the part that the operator writes counts. */
  private Map<String, String> versions() {
    var client = space.client();
    Map<String, String> versions = new TreeMap<>();
    Stream.of(
            space.modelDeployments().inNamespace(space.name()).list().getItems(),
            client.apps().deployments().inNamespace(space.name()).list().getItems(),
            client.services().inNamespace(space.name()).list().getItems(),
            client.policy().v1().podDisruptionBudget().inNamespace(space.name()).list().getItems())
        .flatMap(List::stream)
        .forEach(
            object ->
                versions.put(
                    object.getKind() + " " + object.getMetadata().getName(), version(object)));
    return versions;
  }

  private static String version(HasMetadata object) {
    return object instanceof Deployment || object instanceof PodDisruptionBudget
        ? String.valueOf(object.getMetadata().getGeneration())
        : object.getMetadata().getResourceVersion();
  }
}

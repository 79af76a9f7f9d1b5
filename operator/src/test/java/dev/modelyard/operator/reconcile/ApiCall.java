package dev.modelyard.operator.reconcile;

import java.util.Set;

/**
 * A request to the API server, in the words of RBAC.
 *
 * @param group empty for the core group
 * @param resource with its subresource: {@code deployments}, {@code modeldeployments/status}
 * @param namespace null for all
 * @param name null for all
 */
record ApiCall(String group, String resource, String verb, String namespace, String name) {
  private static final Set<String> WRITES =
      Set.of("create", "patch", "update", "delete", "deletecollection");

  boolean isWrite() {
    return WRITES.contains(verb);
  }

  /** As {@link ChartRules} has them. */
  String rule() {
    return group + "/" + resource + " " + verb;
  }
}

package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.RoleRef;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the operator's ServiceAccount may do, by the roles that are bound to it now. */
public final class Rights {
  private final KubernetesClient client;
  private final Set<String> rights = new TreeSet<>();
  private final Set<String> clusterRoles = new TreeSet<>();

  private Rights(KubernetesClient client) {
    this.client = client;
    client.rbac().clusterRoleBindings().list().getItems().stream()
        .filter(binding -> isOperator(binding.getSubjects()))
        .forEach(binding -> add(null, binding.getRoleRef()));
    client.rbac().roleBindings().inAnyNamespace().list().getItems().stream()
        .filter(binding -> isOperator(binding.getSubjects()))
        .forEach(binding -> add(binding.getMetadata().getNamespace(), binding.getRoleRef()));
  }

  public static Rights ofOperator(KubernetesClient client) {
    return new Rights(client);
  }

  /** Each as {@link AuditLog.Call#right()} writes it. */
  public Set<String> rights() {
    return rights;
  }

  /** Names of the ClusterRoles among the roles. */
  public Set<String> clusterRoles() {
    return clusterRoles;
  }

  private boolean isOperator(List<Subject> subjects) {
    return subjects.stream()
        .anyMatch(
            subject ->
                "ServiceAccount".equals(subject.getKind())
                    && Operator.NAMESPACE.equals(subject.getNamespace()));
  }

  private void add(String namespace, RoleRef role) {
    List<PolicyRule> rules;
    if (role.getKind().equals("ClusterRole")) {
      clusterRoles.add(role.getName());
      rules = client.rbac().clusterRoles().withName(role.getName()).get().getRules();
    } else {
      rules =
          client.rbac().roles().inNamespace(namespace).withName(role.getName()).get().getRules();
    }
    for (PolicyRule rule : rules) {
      for (String group : rule.getApiGroups()) {
        for (String resource : rule.getResources()) {
          rule.getVerbs().forEach(verb -> rights.add(AuditLog.Call.right(verb, group, resource)));
        }
      }
    }
  }
}

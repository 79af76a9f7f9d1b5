package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.RoleRef;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What a ServiceAccount of the chart may do, by the roles that are bound to it now. */
public final class Rights {
  private final KubernetesClient client;
  private final Set<String> rights = new TreeSet<>();
  private final Set<String> clusterRoles = new TreeSet<>();

  private Rights(KubernetesClient client, String account) {
    this.client = client;
    client.rbac().clusterRoleBindings().list().getItems().stream()
        .filter(binding -> isBound(account, binding.getSubjects()))
        .forEach(binding -> add(null, binding.getRoleRef()));
    client.rbac().roleBindings().inAnyNamespace().list().getItems().stream()
        .filter(binding -> isBound(account, binding.getSubjects()))
        .forEach(binding -> add(binding.getMetadata().getNamespace(), binding.getRoleRef()));
  }

  public static Rights of(KubernetesClient client, String account) {
    return new Rights(client, account);
  }

  /** Each as {@link AuditLog.Call#right()} writes it. */
  public Set<String> rights() {
    return rights;
  }

  /** Names of the ClusterRoles among the roles. */
  public Set<String> clusterRoles() {
    return clusterRoles;
  }

  private static boolean isBound(String account, List<Subject> subjects) {
    return subjects.stream()
        .anyMatch(
            subject ->
                "ServiceAccount".equals(subject.getKind())
                    && account.equals(subject.getName())
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

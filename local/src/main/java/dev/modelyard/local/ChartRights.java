package dev.modelyard.local;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.modelyard.local.apiserver.ApiServer;
import dev.modelyard.local.process.StartFailure;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Gives the operator and the gateway the rights that the chart gives them, and no others. */
final class ChartRights {
  private static final String RBAC = "rbac.authorization.k8s.io";
  private static final String FILES = "helm/modelyard/files/";

  private final KubernetesClient admin;
  private final Path root;

  ChartRights(KubernetesClient admin, Path root) {
    this.admin = admin;
    this.root = root;
  }

  /**
   * @throws StartFailure when the chart's rules cannot be read
   */
  void grant() {
    grantEverywhere(ApiServer.OPERATOR_USER, rules("operator-rules.yaml"));
    grantIn(
        GatewayService.NAMESPACE, ApiServer.OPERATOR_USER, rules("operator-gateway-rules.yaml"));
    grantEverywhere(ApiServer.GATEWAY_USER, rules("gateway-rules.yaml"));
  }

  private List<PolicyRule> rules(String name) {
    try (InputStream file = Files.newInputStream(root.resolve(FILES + name))) {
      return Serialization.unmarshal(file, new TypeReference<List<PolicyRule>>() {});
    } catch (IOException e) {
      throw new StartFailure("cannot read " + FILES + name + ": " + e, e);
    }
  }

  private void grantEverywhere(String user, List<PolicyRule> rules) {
    admin
        .resource(
            new ClusterRoleBuilder()
                .withNewMetadata()
                .withName(user)
                .endMetadata()
                .withRules(rules)
                .build())
        .create();
    admin
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(user)
                .endMetadata()
                .withNewRoleRef(RBAC, "ClusterRole", user)
                .addNewSubject(RBAC, "User", user, null)
                .build())
        .create();
  }

  private void grantIn(String namespace, String user, List<PolicyRule> rules) {
    admin
        .resource(
            new RoleBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(user)
                .endMetadata()
                .withRules(rules)
                .build())
        .create();
    admin
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(user)
                .endMetadata()
                .withNewRoleRef(RBAC, "Role", user)
                .addNewSubject(RBAC, "User", user, null)
                .build())
        .create();
  }
}

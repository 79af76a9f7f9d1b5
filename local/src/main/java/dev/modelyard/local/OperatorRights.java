package dev.modelyard.local;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.modelyard.local.apiserver.ApiServer;
import dev.modelyard.local.process.StartFailure;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Gives the operator the rights that the chart gives it, and no others. */
final class OperatorRights {
  private static final String RULES = "helm/modelyard/files/operator-rules.yaml";
  private static final String NAME = "modelyard-operator";

  private OperatorRights() {}

  /**
   * @throws StartFailure when the chart's rules cannot be read
   */
  static void grant(KubernetesClient admin, Path root) {
    List<PolicyRule> rules;
    try (InputStream file = Files.newInputStream(root.resolve(RULES))) {
      rules = Serialization.unmarshal(file, new TypeReference<List<PolicyRule>>() {});
    } catch (IOException e) {
      throw new StartFailure("cannot read " + RULES + ": " + e, e);
    }
    admin
        .resource(
            new ClusterRoleBuilder()
                .withNewMetadata()
                .withName(NAME)
                .endMetadata()
                .withRules(rules)
                .build())
        .create();
    admin
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(NAME)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", NAME)
                .addNewSubject("rbac.authorization.k8s.io", "User", ApiServer.OPERATOR_USER, null)
                .build())
        .create();
  }
}

package dev.modelyard.operator.reconcile;

import dev.modelyard.testing.RealApiServer;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A ServiceAccount with the chart's rules and no others, and operators that run as it. */
final class InstalledOperator {
  private static final String RBAC = "rbac.authorization.k8s.io";

  private final String name;
  private final String namespace;
  private final Path kubeconfig;
  private final Map<String, String> settings = new HashMap<>();

  /** In a namespace of its name, with no rights yet. */
  private InstalledOperator(RealApiServer server, String name) {
    this.name = name;
    this.namespace = server.namespace(name, Map.of());
    this.kubeconfig = kubeconfig(server.client());
  }

  /** As the chart does it without {@code watchNamespaces}. */
  static InstalledOperator clusterWide(RealApiServer server, String name) {
    InstalledOperator installed = new InstalledOperator(server, name);
    server
        .client()
        .resource(
            new ClusterRoleBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withRules(ChartRules.all())
                .build())
        .create();
    server
        .client()
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewRoleRef(RBAC, "ClusterRole", name)
                .addNewSubject("", "ServiceAccount", name, installed.namespace)
                .build())
        .create();
    return installed;
  }

  /** As the chart does it with one of {@code watchNamespaces}. */
  static InstalledOperator watching(RealApiServer server, String name, String watched) {
    InstalledOperator installed = new InstalledOperator(server, name);
    installed.settings.put("MODELYARD_NAMESPACES", watched);
    installed.grant(server, watched, ChartRules.all());
    return installed;
  }

  /** One of several, of which one leads; with the rights on the lease that the chart gives. */
  InstalledOperator withElection(RealApiServer server) {
    settings.put("MODELYARD_LEADER_ELECTION_ENABLED", "true");
    settings.put("MODELYARD_LEADER_ELECTION_LEASE_OWNER", "modelyard-operator");
    grant(
        server,
        namespace,
        List.of(
            new PolicyRuleBuilder()
                .withApiGroups("coordination.k8s.io")
                .withResources("leases")
                .withVerbs("create")
                .build(),
            new PolicyRuleBuilder()
                .withApiGroups("coordination.k8s.io")
                .withResources("leases")
                .withResourceNames("modelyard-operator")
                .withVerbs("get", "update", "patch")
                .build(),
            new PolicyRuleBuilder()
                .withApiGroups("apps")
                .withResources("deployments")
                .withResourceNames("modelyard-operator")
                .withVerbs("get")
                .build()));
    return this;
  }

  /** With gateways, and the rights to find them that the chart gives. */
  InstalledOperator withGateways(RealApiServer server, String in, String service) {
    settings.put("MODELYARD_GATEWAY_SERVICE", in + "/" + service);
    settings.put("MODELYARD_GATEWAY_URL", "https://models.example.org/");
    grant(
        server,
        in,
        List.of(
            new PolicyRuleBuilder()
                .withApiGroups("discovery.k8s.io")
                .withResources("endpointslices")
                .withVerbs("list", "watch")
                .build()));
    return this;
  }

  private void grant(RealApiServer server, String in, List<PolicyRule> rules) {
    server
        .client()
        .resource(
            new RoleBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(in)
                .endMetadata()
                .withRules(rules)
                .build())
        .create();
    server
        .client()
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(in)
                .endMetadata()
                .withNewRoleRef(RBAC, "Role", name)
                .addNewSubject("", "ServiceAccount", name, namespace)
                .build())
        .create();
  }

  private Path kubeconfig(KubernetesClient admin) {
    admin
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .build())
        .create();
    String token =
        admin
            .serviceAccounts()
            .inNamespace(namespace)
            .withName(name)
            .tokenRequest(
                new TokenRequestBuilder()
                    .withNewSpec()
                    .withExpirationSeconds(3600L)
                    .endSpec()
                    .build())
            .getStatus()
            .getToken();
    return RealApiServer.write(
        name + ".kubeconfig",
        Serialization.asYaml(
            new ConfigBuilder()
                .addNewCluster()
                .withName(name)
                .withNewCluster()
                .withServer(admin.getMasterUrl().toString())
                .withCertificateAuthority(admin.getConfiguration().getCaCertFile())
                .endCluster()
                .endCluster()
                .addNewUser()
                .withName(name)
                .withNewUser()
                .withToken(token)
                .endUser()
                .endUser()
                .addNewContext()
                .withName(name)
                .withNewContext()
                .withCluster(name)
                .withUser(name)
                .withNamespace(namespace)
                .endContext()
                .endContext()
                .withCurrentContext(name)
                .build()));
  }

  AuditLog auditLog() {
    return new AuditLog("system:serviceaccount:" + namespace + ":" + name);
  }

  /**
   * @param runtimes settings that make it find the runtimes
   */
  OperatorProcess start(Map<String, String> runtimes) {
    Map<String, String> environment = new HashMap<>(settings);
    environment.putAll(runtimes);
    environment.put("KUBECONFIG", kubeconfig.toString());
    return OperatorProcess.start(environment);
  }
}

package dev.modelyard.gateway;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.modelyard.testing.RealApiServer;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A ServiceAccount with the chart's rules and no others, and what it asked of the API server. */
record InstalledGateway(String name, List<PolicyRule> rules) {
  private static final Path RULES = Path.of("../helm/modelyard/files/gateway-rules.yaml");
  private static final String RBAC = "rbac.authorization.k8s.io";

  /** As the chart does it without {@code watchNamespaces}; in a namespace of its name. */
  static InstalledGateway in(RealApiServer server, String name) throws IOException {
    List<PolicyRule> rules;
    try (InputStream file = Files.newInputStream(RULES)) {
      rules = Serialization.unmarshal(file, new TypeReference<List<PolicyRule>>() {});
    }
    KubernetesClient admin = server.client();
    server.namespace(name, Map.of());
    admin
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(name)
                .endMetadata()
                .build())
        .create();
    admin
        .resource(
            new ClusterRoleBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withRules(rules)
                .build())
        .create();
    admin
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewRoleRef(RBAC, "ClusterRole", name)
                .addNewSubject("", "ServiceAccount", name, name)
                .build())
        .create();
    return new InstalledGateway(name, rules);
  }

  /**
   * @param port of this machine, at which it finds the API server
   */
  Path kubeconfig(KubernetesClient admin, int port) {
    String token =
        admin
            .serviceAccounts()
            .inNamespace(name)
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
                .withServer("https://127.0.0.1:" + port)
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
                .endContext()
                .endContext()
                .withCurrentContext(name)
                .build()));
  }

  /** One {@code group/resource verb} each. */
  Set<String> allowed() {
    Set<String> allowed = new TreeSet<>();
    for (PolicyRule rule : rules) {
      for (String group : rule.getApiGroups()) {
        for (String resource : rule.getResources()) {
          rule.getVerbs().forEach(verb -> allowed.add(group + "/" + resource + " " + verb));
        }
      }
    }
    return allowed;
  }

  /** What it asked for, in the same words. */
  Set<String> asked() throws IOException {
    Set<String> asked = new TreeSet<>();
    for (JsonNode event : events()) {
      JsonNode object = event.get("objectRef");
      asked.add(
          object == null
              ? event.get("requestURI").textValue()
              : object.path("apiGroup").asText()
                  + "/"
                  + object.path("resource").asText()
                  + " "
                  + event.get("verb").textValue());
    }
    return asked;
  }

  /** What was not allowed: where, and the status. */
  List<String> refused() throws IOException {
    List<String> refused = new ArrayList<>();
    for (JsonNode event : events()) {
      int code = event.at("/responseStatus/code").intValue();
      if (code == 401 || code == 403) {
        refused.add(event.get("requestURI").textValue() + " " + code);
      }
    }
    return refused;
  }

  private List<JsonNode> events() throws IOException {
    String user = "system:serviceaccount:" + name + ":" + name;
    List<JsonNode> events = new ArrayList<>();
    for (String line : Files.readAllLines(RealApiServer.auditLog())) {
      // The last line may be half written.
      if (line.contains(user) && line.endsWith("}")) {
        events.add(Serialization.jsonMapper().readTree(line));
      }
    }
    return events;
  }
}

package dev.modelyard.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RbacTest {
  private static final String LEASES =
      """
      - apiGroups: [coordination.k8s.io]
        resources: [leases]
        verbs: [create]
      - apiGroups: [coordination.k8s.io]
        resources: [leases]
        resourceNames: [the-yard]
        verbs: [get, update, patch]
      - apiGroups: [apps]
        resources: [deployments]
        resourceNames: [the-yard]
        verbs: [get]
      """;

  private final JsonNode rules = Chart.read(Chart.FOLDER.resolve("files/operator-rules.yaml"));

  private final JsonNode gatewayRules =
      Chart.read(Chart.FOLDER.resolve("files/gateway-rules.yaml"));

  RbacTest() throws IOException {}

  @Test
  void operatorMayDoExactlyItsRulesEverywhere() throws IOException {
    Chart chart = Chart.render("default.yaml");

    assertThat(chart.named("ClusterRole", "", "modelyard").path("rules")).isEqualTo(rules);
    assertThat(boundTo(chart.operators("ClusterRoleBinding"))).isEqualTo("ClusterRole/modelyard");
    assertThat(names(chart, "Role"))
        .containsExactlyInAnyOrder(
            "modelyard-system/modelyard-gateways", "modelyard-system/modelyard-leader-election");
  }

  @Test
  void operatorMayDoExactlyItsRulesInTheNamespacesItWatches() throws IOException {
    Chart chart = Chart.render("namespaces.yaml");

    assertThat(names(chart, "Role"))
        .containsExactlyInAnyOrder(
            "vision/modelyard",
            "vision/modelyard-gateway",
            "modelyard-system/modelyard",
            "modelyard-system/modelyard-gateway",
            "modelyard-system/modelyard-gateways",
            "modelyard-system/modelyard-leader-election")
        .isEqualTo(names(chart, "RoleBinding"));
    for (String namespace : Set.of("vision", "modelyard-system")) {
      assertThat(chart.named("Role", namespace, "modelyard").path("rules")).isEqualTo(rules);
      assertThat(boundTo(chart.named("RoleBinding", namespace, "modelyard")))
          .isEqualTo("Role/modelyard");
      assertThat(chart.named("Role", namespace, "modelyard-gateway").path("rules"))
          .isEqualTo(gatewayRules);
      assertThat(boundTo(chart.named("RoleBinding", namespace, "modelyard-gateway")))
          .isEqualTo("Role/modelyard-gateway");
    }
    assertThat(chart.all("ClusterRoleBinding")).isEmpty();
    assertThat(names(chart, "ClusterRole"))
        .containsExactlyInAnyOrder("/modelyard-view", "/modelyard-edit");
  }

  @Test
  void onlyTheLeaseOfTheReleaseIsAllowedAndOnlyInItsNamespace() throws IOException {
    Chart chart = Chart.render("everything.yaml");

    assertThat(chart.variable("MODELYARD_LEADER_ELECTION_LEASE_NAME").asText())
        .isEqualTo("the-yard");
    JsonNode role = chart.named("Role", Chart.NAMESPACE, "the-yard-leader-election");
    assertThat(role.path("rules")).isEqualTo(Chart.YAML.readTree(LEASES));
    JsonNode binding = chart.named("RoleBinding", Chart.NAMESPACE, "the-yard-leader-election");
    assertThat(binding.at("/roleRef/name").asText()).isEqualTo("the-yard-leader-election");
  }

  @Test
  void gatewayMayReadExactlyWhatItRoutesBy() throws IOException {
    Chart chart = Chart.render("default.yaml");

    assertThat(chart.named("ClusterRole", "", "modelyard-gateway").path("rules"))
        .isEqualTo(gatewayRules);
    assertThat(boundTo(chart.gateways("ClusterRoleBinding")))
        .isEqualTo("ClusterRole/modelyard-gateway");
    assertThat(gatewayRules)
        .isNotEmpty()
        .allSatisfy(
            rule -> assertThat(rule.path("verbs").toString()).isEqualTo("[\"list\",\"watch\"]"));
  }

  @Test
  void operatorFindsTheGatewaysInItsOwnNamespaceAlone() throws IOException {
    JsonNode role =
        Chart.render("namespaces.yaml").named("Role", Chart.NAMESPACE, "modelyard-gateways");

    assertThat(role.path("rules"))
        .isEqualTo(Chart.read(Chart.FOLDER.resolve("files/operator-gateway-rules.yaml")));
    assertThat(role.at("/rules/0/resources").toString()).isEqualTo("[\"endpointslices\"]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"default.yaml", "namespaces.yaml", "everything.yaml"})
  void everyBindingIsToTheAccountThatItsPodsRunAs(String values) {
    Chart chart = Chart.render(values);

    assertThat(Stream.concat(chart.all("RoleBinding"), chart.all("ClusterRoleBinding")))
        .isNotEmpty()
        .allSatisfy(
            binding ->
                assertThat(binding.path("subjects"))
                    .containsExactly(
                        account(
                            Chart.isOf("gateway", binding) ? chart.gatewayPod() : chart.pod())));
    assertThat(account(chart.gatewayPod())).isNotEqualTo(account(chart.pod()));
  }

  private static JsonNode account(JsonNode pod) {
    return Chart.YAML
        .createObjectNode()
        .put("kind", "ServiceAccount")
        .put("name", pod.path("serviceAccountName").asText())
        .put("namespace", Chart.NAMESPACE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"default.yaml", "namespaces.yaml", "everything.yaml"})
  void noRoleMentionsSecretsOrAWildcard(String values) {
    Chart chart = Chart.render(values);

    assertThat(Stream.concat(chart.all("Role"), chart.all("ClusterRole")))
        .isNotEmpty()
        .allSatisfy(
            role ->
                assertThat(role.path("rules").toString())
                    .doesNotContain("secrets", "*", "escalate", "impersonate"));
  }

  /** The rights that Kubernetes' own roles view, edit and admin gain. */
  @Test
  void usersGainModelDeployments() {
    Chart chart = Chart.render("default.yaml");

    JsonNode view = chart.named("ClusterRole", "", "modelyard-view");
    assertThat(view.path("metadata").path("labels").properties())
        .contains(label("rbac.authorization.k8s.io/aggregate-to-view"));
    assertThat(view.path("rules").findValues("verbs").toString())
        .doesNotContain("create", "update", "patch", "delete");
    JsonNode edit = chart.named("ClusterRole", "", "modelyard-edit");
    assertThat(edit.path("metadata").path("labels").properties())
        .contains(
            label("rbac.authorization.k8s.io/aggregate-to-edit"),
            label("rbac.authorization.k8s.io/aggregate-to-admin"));
    assertThat(edit.path("rules"))
        .allSatisfy(rule -> assertThat(rule.at("/apiGroups/0").asText()).isEqualTo("modelyard.dev"))
        .filteredOn(rule -> rule.at("/resources/0").asText().equals("modeldeployments/status"))
        .singleElement()
        .satisfies(rule -> assertThat(rule.path("verbs").toString()).isEqualTo("[\"get\"]"));
  }

  @Test
  void rolesCanBeLeftToOthers() {
    Chart chart = Chart.render("single.yaml");

    assertThat(
            chart.objects().stream()
                .map(object -> object.path("kind").asText())
                .filter(kind -> kind.contains("Role") || kind.equals("ServiceAccount")))
        .isEmpty();
    assertThat(chart.pod().path("serviceAccountName").asText()).isEqualTo("operators");
  }

  private static Map.Entry<String, JsonNode> label(String name) {
    return Map.entry(name, Chart.YAML.getNodeFactory().textNode("true"));
  }

  private static String boundTo(JsonNode binding) {
    return binding.at("/roleRef/kind").asText() + "/" + binding.at("/roleRef/name").asText();
  }

  private static Set<String> names(Chart chart, String kind) {
    return chart
        .all(kind)
        .map(object -> object.path("metadata"))
        .map(meta -> meta.path("namespace").asText() + "/" + meta.path("name").asText())
        .collect(Collectors.toSet());
  }
}

package dev.modelyard.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayPodTest {
  private static final Chart STANDARD = Chart.render("default.yaml");
  private static final Chart EVERYTHING = Chart.render("everything.yaml");

  /**
   * The restricted profile of https://kubernetes.io/docs/concepts/security/pod-security-standards.
   */
  @ParameterizedTest
  @ValueSource(strings = {"default.yaml", "namespaces.yaml", "everything.yaml"})
  void isRestricted(String values) {
    Chart chart = Chart.render(values);

    JsonNode pod = chart.gatewayPod();
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
    assertThat(pod.path("containers")).hasSize(1);
    assertThat(pod.has("initContainers")).isFalse();
    JsonNode security = chart.gatewayContainer().path("securityContext");
    assertThat(security.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(security.path("capabilities").toString()).isEqualTo("{\"drop\":[\"ALL\"]}");
    assertThat(pod.path("volumes"))
        .allSatisfy(volume -> assertThat(volume.has("emptyDir") || volume.has("secret")).isTrue());
    assertThat(pod.path("enableServiceLinks").asBoolean(true)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "startupProbe, /q/health/started",
    "livenessProbe, /q/health/live",
    "readinessProbe, /q/health/ready"
  })
  void isProbedOnTheManagementPort(String probe, String path) {
    JsonNode request = STANDARD.gatewayContainer().path(probe).path("httpGet");

    assertThat(request.path("path").asText()).isEqualTo(path);
    assertThat(request.path("port").asText()).isEqualTo("management");
  }

  @Test
  void twoRunByDefaultApartAndSurviveADrainAndAnUpgrade() {
    JsonNode deployment = STANDARD.gateways("Deployment");
    assertThat(deployment.at("/spec/replicas").asInt()).isEqualTo(2);
    assertThat(deployment.at("/spec/strategy/rollingUpdate/maxUnavailable").asInt(1)).isZero();
    assertThat(STANDARD.gateways("PodDisruptionBudget").at("/spec/maxUnavailable").asInt())
        .isEqualTo(1);
    JsonNode apart =
        STANDARD
            .gatewayPod()
            .at("/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/0");
    assertThat(apart.at("/podAffinityTerm/topologyKey").asText())
        .isEqualTo("kubernetes.io/hostname");
    assertThat(apart.at("/podAffinityTerm/labelSelector/matchLabels"))
        .isEqualTo(deployment.at("/spec/selector/matchLabels"));
  }

  /** Longer than the gateway itself takes. */
  @Test
  void isGivenTheTimeToFinish() {
    assertThat(STANDARD.gatewayPod().path("terminationGracePeriodSeconds").asInt()).isEqualTo(65);
    assertThat(EVERYTHING.gatewayPod().path("terminationGracePeriodSeconds").asInt()).isEqualTo(95);
  }

  /**
   * The Services, the budget and the Deployment must mean the same pods, and not the operator's.
   */
  @Test
  void isSelectedByItsOwnLabels() {
    for (Chart chart : List.of(STANDARD, EVERYTHING)) {
      JsonNode selector = chart.gateways("Deployment").at("/spec/selector/matchLabels");
      assertThat(chart.gateways("Deployment").at("/spec/template/metadata/labels").properties())
          .containsAll(selector.properties());
      assertThat(services(chart))
          .hasSize(2)
          .allSatisfy(service -> assertThat(service.at("/spec/selector")).isEqualTo(selector));
      assertThat(chart.gateways("PodDisruptionBudget").at("/spec/selector/matchLabels"))
          .isEqualTo(selector);
      assertThat(selector)
          .isNotEqualTo(chart.operators("Deployment").at("/spec/selector/matchLabels"));
    }
  }

  private static List<JsonNode> services(Chart chart) {
    return chart.all("Service").filter(service -> Chart.isOf("gateway", service)).toList();
  }

  @Test
  void hasAServiceForModelsAndOneForTheOperator() {
    JsonNode traffic = STANDARD.named("Service", Chart.NAMESPACE, "modelyard-gateway");
    assertThat(traffic.at("/spec/ports").toString())
        .isEqualTo("[{\"name\":\"http\",\"port\":80,\"targetPort\":\"http\"}]");
    JsonNode management =
        STANDARD.named("Service", Chart.NAMESPACE, "modelyard-gateway-management");
    assertThat(management.at("/spec/clusterIP").asText()).isEqualTo("None");
    assertThat(management.at("/spec/publishNotReadyAddresses").asBoolean()).isTrue();
    assertThat(management.at("/spec/ports").toString())
        .isEqualTo("[{\"name\":\"management\",\"port\":9000,\"targetPort\":\"management\"}]");
    JsonNode given = EVERYTHING.named("Service", Chart.NAMESPACE, "the-yard-gateway");
    assertThat(given.at("/spec/type").asText()).isEqualTo("LoadBalancer");
    assertThat(given.at("/spec/ports/0/port").asInt()).isEqualTo(8081);
    assertThat(given.at("/metadata/annotations/example.org~1lb").asText()).isEqualTo("internal");
  }

  /** A Service's name has 63 characters at the most, a release's 53. */
  @Test
  void namesFit() {
    assertThat(Chart.render("long-name.yaml").objects())
        .extracting(object -> object.at("/metadata/name").asText())
        .allSatisfy(name -> assertThat(name).hasSizeLessThanOrEqualTo(63));
  }

  @Test
  void keysComeFromAMountedSecret() {
    assertThat(STANDARD.gatewayPod().path("volumes").findValue("secret")).isNull();
    assertThat(EVERYTHING.gatewayPod().path("volumes").findValue("secret").toString())
        .isEqualTo("{\"secretName\":\"model-keys\"}");
    JsonNode mount = EVERYTHING.gatewayContainer().at("/volumeMounts/1");
    assertThat(mount.path("mountPath").asText()).isEqualTo("/etc/modelyard/keys");
    assertThat(mount.path("readOnly").asBoolean()).isTrue();
    // A mount of one file is never renewed.
    assertThat(mount.has("subPath")).isFalse();
  }

  @Test
  void everySettingReachesIt() {
    JsonNode pod = EVERYTHING.gatewayPod();
    assertThat(EVERYTHING.gateways("Deployment").at("/spec/replicas").asInt()).isEqualTo(3);
    assertThat(EVERYTHING.gatewayContainer().path("image").asText())
        .isEqualTo("images.example.org:5000/ml/gateway@sha256:" + "0123456789abcdef".repeat(4));
    assertThat(EVERYTHING.gatewayContainer().path("imagePullPolicy").asText()).isEqualTo("Always");
    assertThat(pod.at("/imagePullSecrets/0/name").asText()).isEqualTo("pull");
    assertThat(pod.path("serviceAccountName").asText()).isEqualTo("the-gateway");
    assertThat(pod.path("nodeSelector").toString()).isEqualTo("{\"kubernetes.io/arch\":\"amd64\"}");
    assertThat(pod.at("/tolerations/0/key").asText()).isEqualTo("edge");
    assertThat(pod.path("affinity").has("nodeAffinity")).isTrue();
    assertThat(pod.path("affinity").has("podAntiAffinity")).isFalse();
    assertThat(pod.at("/topologySpreadConstraints/0/topologyKey").asText())
        .isEqualTo("topology.kubernetes.io/zone");
    assertThat(pod.path("priorityClassName").asText()).isEqualTo("system-cluster-critical");
    assertThat(EVERYTHING.gatewayContainer().at("/resources/limits/memory").asText())
        .isEqualTo("3Gi");
    JsonNode template = EVERYTHING.gateways("Deployment").at("/spec/template/metadata");
    assertThat(template.at("/annotations/example.org~1note").asText()).isEqualTo("2");
    assertThat(template.at("/labels/team").asText()).isEqualTo("edge");
    assertThat(EVERYTHING.gateways("PodDisruptionBudget").at("/spec/maxUnavailable").asText())
        .isEqualTo("34%");
    assertThat(EVERYTHING.gateways("ServiceAccount").at("/metadata/annotations/example.org~1role"))
        .hasToString("\"gateway\"");
    JsonNode monitor = EVERYTHING.gateways("ServiceMonitor");
    assertThat(monitor.at("/metadata/labels/release").asText()).isEqualTo("prometheus");
    assertThat(services(EVERYTHING).get(0).at("/metadata/labels").properties())
        .containsAll(monitor.at("/spec/selector/matchLabels").properties());
    assertThat(monitor.at("/spec/endpoints/0/port").asText()).isEqualTo("management");
  }

  @Test
  void isReachedFromOutsideWhereAsked() {
    assertThat(Stream.concat(STANDARD.all("Ingress"), STANDARD.all("HTTPRoute"))).isEmpty();

    JsonNode ingress = EVERYTHING.gateways("Ingress");
    assertThat(ingress.at("/metadata/annotations/example.org~1timeout").asText()).isEqualTo("600");
    assertThat(ingress.path("spec").toString())
        .isEqualTo(
            "{\"ingressClassName\":\"public\","
                + "\"tls\":[{\"hosts\":[\"models.example.org\"],\"secretName\":\"models-tls\"}],"
                + "\"rules\":[{\"http\":{\"paths\":[{\"path\":\"/\",\"pathType\":\"Prefix\",\"backend\":"
                + "{\"service\":{\"name\":\"the-yard-gateway\",\"port\":{\"name\":\"http\"}}}}]},"
                + "\"host\":\"models.example.org\"}]}");
    JsonNode route = EVERYTHING.gateways("HTTPRoute");
    assertThat(route.path("apiVersion").asText()).isEqualTo("gateway.networking.k8s.io/v1");
    assertThat(route.path("spec").toString())
        .isEqualTo(
            "{\"parentRefs\":[{\"name\":\"public\",\"namespace\":\"infra\",\"sectionName\":\"https\"}],"
                + "\"hostnames\":[\"models.example.org\",\"*.models.example.org\"],"
                + "\"rules\":[{\"matches\":[{\"path\":{\"type\":\"PathPrefix\",\"value\":\"/\"}}],"
                + "\"backendRefs\":[{\"name\":\"the-yard-gateway\",\"port\":8081}],"
                + "\"timeouts\":{\"request\":\"330s\"}}]}");
  }

  @Test
  void anIngressWithoutAHostTakesEveryHost() {
    JsonNode rules = Chart.render("namespaces.yaml").gateways("Ingress").at("/spec/rules");
    assertThat(rules).hasSize(1);
    assertThat(rules.at("/0/http/paths")).hasSize(1);
    assertThat(rules.at("/0").has("host")).isFalse();
  }

  /** Nothing of it is left, nor does the operator look for it. */
  @Test
  void canBeLeftOut() {
    assertThat(Chart.render("single.yaml").text())
        .doesNotContain("gateway")
        .doesNotContain("GATEWAY");
  }
}

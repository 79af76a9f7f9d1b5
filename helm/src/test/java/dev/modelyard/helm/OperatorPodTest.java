package dev.modelyard.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorPodTest {
  private static final Chart STANDARD = Chart.render("default.yaml");
  private static final Chart EVERYTHING = Chart.render("everything.yaml");
  private static final Chart SINGLE = Chart.render("single.yaml");

  /**
   * The restricted profile of https://kubernetes.io/docs/concepts/security/pod-security-standards.
   */
  @ParameterizedTest
  @ValueSource(strings = {"default.yaml", "namespaces.yaml", "single.yaml", "everything.yaml"})
  void isRestricted(String values) {
    Chart chart = Chart.render(values);

    JsonNode pod = chart.pod();
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
    assertThat(pod.path("containers")).hasSize(1);
    assertThat(pod.has("initContainers")).isFalse();
    JsonNode security = chart.container().path("securityContext");
    assertThat(security.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(security.path("capabilities").toString()).isEqualTo("{\"drop\":[\"ALL\"]}");
    assertThat(pod.path("volumes"))
        .allSatisfy(volume -> assertThat(volume.has("emptyDir")).isTrue());
  }

  @ParameterizedTest
  @CsvSource({
    "startupProbe, /q/health/started",
    "livenessProbe, /q/health/live",
    "readinessProbe, /q/health/ready"
  })
  void isProbedOnTheManagementPort(String probe, String path) {
    JsonNode request = STANDARD.container().path(probe).path("httpGet");

    assertThat(request.path("path").asText()).isEqualTo(path);
    assertThat(request.path("port").asText()).isEqualTo("management");
    assertThat(STANDARD.container().path("ports").toString())
        .isEqualTo("[{\"name\":\"management\",\"containerPort\":9000}]");
  }

  @Test
  void hasATokenAndNoVariablesOfServices() {
    assertThat(STANDARD.pod().path("automountServiceAccountToken").asBoolean()).isTrue();
    assertThat(STANDARD.pod().path("enableServiceLinks").asBoolean(true)).isFalse();
  }

  @Test
  void twoRunByDefaultAndSurviveADrain() {
    assertThat(STANDARD.operators("Deployment").at("/spec/replicas").asInt()).isEqualTo(2);
    assertThat(STANDARD.variable("MODELYARD_LEADER_ELECTION_ENABLED").asText()).isEqualTo("true");
    assertThat(STANDARD.operators("PodDisruptionBudget").at("/spec/maxUnavailable").asInt())
        .isEqualTo(1);
    assertThat(STANDARD.pod().at("/topologySpreadConstraints/0/topologyKey").asText())
        .isEqualTo("kubernetes.io/hostname");
  }

  /** A budget of a SINGLE pod would only block the drain of its node. */
  @Test
  void oneWithoutElectionIsReplacedAndNeverDoubled() {
    assertThat(SINGLE.operators("Deployment").at("/spec/strategy/type").asText())
        .isEqualTo("Recreate");
    assertThat(SINGLE.variable("MODELYARD_LEADER_ELECTION_ENABLED").asText()).isEqualTo("false");
    assertThat(SINGLE.all("PodDisruptionBudget").filter(b -> Chart.isOf("operator", b))).isEmpty();
  }

  /** The Service, the budget and the Deployment must mean the same pods. */
  @Test
  void isSelectedByItsOwnLabels() {
    for (Chart chart : new Chart[] {STANDARD, EVERYTHING}) {
      JsonNode labels = chart.operators("Deployment").at("/spec/template/metadata/labels");
      JsonNode selector = chart.operators("Deployment").at("/spec/selector/matchLabels");
      assertThat(labels.properties()).containsAll(selector.properties());
      assertThat(chart.operators("Service").at("/spec/selector")).isEqualTo(selector);
      assertThat(chart.operators("PodDisruptionBudget").at("/spec/selector/matchLabels"))
          .isEqualTo(selector);
    }
  }

  @Test
  void imagesAreThoseOfTheChartsVersionOrThoseGiven() {
    assertThat(STANDARD.container().path("image").asText()).isEqualTo("modelyard/operator:0.1.0");
    assertThat(STANDARD.variable("MODELYARD_RUNTIME_IMAGE_CPU").asText())
        .isEqualTo("modelyard/runtime-cpu:0.1.0");
    assertThat(STANDARD.variable("MODELYARD_RUNTIME_IMAGE_GPU").asText())
        .isEqualTo("modelyard/runtime-cuda:0.1.0");
    assertThat(EVERYTHING.container().path("image").asText())
        .isEqualTo("images.example.org:5000/ml/operator@sha256:" + "0123456789abcdef".repeat(4));
    assertThat(EVERYTHING.variable("MODELYARD_RUNTIME_IMAGE_CPU").asText())
        .isEqualTo("images.example.org:5000/ml/cpu:2.0");
    assertThat(EVERYTHING.variable("MODELYARD_RUNTIME_IMAGE_GPU").asText())
        .isEqualTo("images.example.org:5000/ml/gpu@sha256:" + "fedcba9876543210".repeat(4));
  }

  @Test
  void everySettingReachesIt() {
    JsonNode pod = EVERYTHING.pod();
    assertThat(pod.at("/imagePullSecrets/0/name").asText()).isEqualTo("pull");
    assertThat(pod.path("nodeSelector").toString()).isEqualTo("{\"kubernetes.io/os\":\"linux\"}");
    assertThat(pod.at("/tolerations/0/key").asText()).isEqualTo("infra");
    assertThat(pod.path("affinity").has("podAntiAffinity")).isTrue();
    assertThat(pod.path("topologySpreadConstraints").findValuesAsText("topologyKey"))
        .containsExactly("topology.kubernetes.io/zone");
    assertThat(pod.path("priorityClassName").asText()).isEqualTo("system-cluster-critical");
    assertThat(EVERYTHING.container().path("imagePullPolicy").asText()).isEqualTo("Always");
    assertThat(EVERYTHING.container().at("/resources/limits/memory").asText()).isEqualTo("2Gi");
    JsonNode template = EVERYTHING.operators("Deployment").at("/spec/template/metadata");
    assertThat(template.at("/annotations/example.org~1note").asText()).isEqualTo("1");
    assertThat(template.at("/labels/team").asText()).isEqualTo("ml");
    assertThat(EVERYTHING.operators("ServiceAccount").at("/metadata/annotations").size())
        .isEqualTo(1);
    assertThat(EVERYTHING.operators("PodDisruptionBudget").at("/spec/maxUnavailable").asText())
        .isEqualTo("50%");
  }

  @Test
  void isScrapedWhereAsked() {
    assertThat(STANDARD.all("ServiceMonitor")).isEmpty();
    JsonNode monitor = EVERYTHING.operators("ServiceMonitor");
    JsonNode service = EVERYTHING.operators("Service");

    assertThat(monitor.at("/metadata/labels/release").asText()).isEqualTo("prometheus");
    assertThat(monitor.at("/spec/endpoints").toString())
        .isEqualTo("[{\"port\":\"management\",\"path\":\"/q/metrics\",\"interval\":\"15s\"}]");
    assertThat(service.at("/metadata/labels").properties())
        .containsAll(monitor.at("/spec/selector/matchLabels").properties());
    assertThat(service.at("/spec/ports/0/name").asText()).isEqualTo("management");
    assertThat(service.at("/spec/ports/0/port").asInt()).isEqualTo(9000);
    assertThat(service.at("/metadata/annotations/example.org~1scrape").asText()).isEqualTo("true");
  }
}

package dev.modelyard.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.modelyard.testing.Kubectl;
import dev.modelyard.testing.OnRealApiServer;
import dev.modelyard.testing.RealApiServer;
import io.fabric8.kubernetes.api.model.autoscaling.v1.Scale;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What people see of a ModelDeployment with kubectl, and what scales it. */
@OnRealApiServer
class KubectlOnApiServerTest {
  private static KubernetesClient client;
  private static Kubectl kubectl;
  private static String namespace;

  @BeforeAll
  static void install() {
    RealApiServer server = RealApiServer.get();
    server.install(CrdOnApiServerTest.CRD);
    client = server.client();
    kubectl = server.kubectl();
    namespace = server.namespace("kubectl", Map.of());
  }

  @Test
  void getShowsTheColumns() throws IOException {
    Samples.create(client, namespace, "columns", "True");

    Map<String, JsonNode> cells = new LinkedHashMap<>();
    Map<String, Integer> priorities = new LinkedHashMap<>();
    JsonNode table = Samples.table(client, "modelyard.dev", namespace, "columns");
    JsonNode row = table.get("rows").get(0).get("cells");
    for (int i = 0; i < row.size(); i++) {
      JsonNode column = table.get("columnDefinitions").get(i);
      cells.put(column.get("name").textValue(), row.get(i));
      priorities.put(column.get("name").textValue(), column.get("priority").intValue());
    }

    assertThat(priorities)
        .containsExactly(
            Map.entry("Name", 0),
            Map.entry("Model", 0),
            Map.entry("Phase", 0),
            Map.entry("Ready", 0),
            Map.entry("Revision", 0),
            Map.entry("GPU", 0),
            Map.entry("Age", 0),
            Map.entry("URL", 1),
            Map.entry("Message", 1));
    assertThat(cells.remove("Age").textValue()).matches("[0-9]+[sm].*");
    Map<String, String> texts = new LinkedHashMap<>();
    cells.forEach((name, cell) -> texts.put(name, cell.asText()));
    assertThat(texts)
        .containsExactly(
            Map.entry("Name", "columns"),
            Map.entry("Model", "pvc://digits-models/1/model.onnx"),
            Map.entry("Phase", "Ready"),
            Map.entry("Ready", "2/2"),
            Map.entry("Revision", "kwlm29spvr"),
            Map.entry("GPU", "1"),
            Map.entry("URL", "http://columns.kubectl.svc"),
            Map.entry("Message", "All 2 replicas answer."));
    assertThat(kubectl.run("get", "mdep", "-n", namespace).succeeded().lines().findFirst())
        .get()
        .asString()
        .matches("NAME +MODEL +PHASE +READY +REVISION +GPU +AGE *");
    assertThat(kubectl.run("get", "all,modelyard", "-n", namespace).succeeded())
        .as("by its categories")
        .contains("modeldeployment.modelyard.dev/columns");
  }

  @Test
  void scaleIsReadAndWritten() throws IOException {
    ModelDeployment made = Samples.create(client, namespace, "scaled", "True");
    var resource =
        client.resources(ModelDeployment.class).inNamespace(namespace).withName("scaled");

    Scale scale = resource.scale();
    assertThat(scale.getSpec().getReplicas()).isEqualTo(2);
    assertThat(scale.getStatus().getReplicas()).isEqualTo(2);
    assertThat(scale.getStatus().getSelector()).isEqualTo(made.getStatus().selector());

    kubectl
        .run("scale", "-n", namespace, "mdep/scaled", "--current-replicas=2", "--replicas=5")
        .succeeded();

    ModelDeployment now = resource.get();
    assertThat(now.getSpec().replicas()).isEqualTo(5);
    assertThat(now.getMetadata().getGeneration()).isEqualTo(2);
    assertThat(now.getStatus()).isEqualTo(made.getStatus());
  }

  /** An HPA reads before it writes. */
  @Test
  void scaleIsReadWhereTheSpecIsSilent() throws IOException {
    Samples.create(client, namespace, "silent", "True", null);

    assertThat(
            client
                .resources(ModelDeployment.class)
                .inNamespace(namespace)
                .withName("silent")
                .scale()
                .getSpec()
                .getReplicas())
        .isEqualTo(1);
  }

  @Test
  void waitFollowsTheConditionOfTheNewestSpec() throws IOException {
    Samples.create(client, namespace, "waits", "False");
    assertThat(waitForReady("waits", "1s").output()).contains("timed out");

    Samples.create(client, namespace, "serves", "True");
    assertThat(waitForReady("serves", "60s").succeeded()).contains("condition met");

    kubectl.run("scale", "-n", namespace, "mdep/serves", "--replicas=3").succeeded();
    assertThat(waitForReady("serves", "1s").output())
        .as("Ready, but of the former spec")
        .contains("timed out");
  }

  private static Kubectl.Result waitForReady(String name, String timeout) {
    return kubectl.run(
        "wait", "-n", namespace, "mdep/" + name, "--for=condition=Ready", "--timeout=" + timeout);
  }

  @Test
  void explainTellsWhatTheTypesSay() throws IOException {
    JsonNode crd = Serialization.yamlMapper().readTree(Files.readString(CrdOnApiServerTest.CRD));
    JsonNode published =
        Serialization.jsonMapper()
            .readTree(client.raw("/openapi/v3/apis/modelyard.dev/v1alpha1"))
            .at("/components/schemas/dev.modelyard.v1alpha1.ModelDeployment");

    Map<String, String> written =
        descriptions(crd.at("/spec/versions/0/schema/openAPIV3Schema/properties"));
    assertThat(written).hasSizeGreaterThan(50);
    assertThat(descriptions(published.get("properties"))).containsAllEntriesOf(written);
    assertThat(kubectl.run("explain", "mdep.spec.gpu.partition").succeeded())
        .containsIgnoringWhitespaces(written.get("/spec/properties/gpu/properties/partition"));
  }

  /** By the path of the field. */
  private static Map<String, String> descriptions(JsonNode schema) {
    Map<String, String> found = new TreeMap<>();
    collect("", schema, found);
    return found;
  }

  private static void collect(String path, JsonNode node, Map<String, String> found) {
    if (node.path("description").isTextual()) {
      found.put(path, node.get("description").textValue());
    }
    node.properties()
        .forEach(child -> collect(path + "/" + child.getKey(), child.getValue(), found));
  }
}

package dev.modelyard.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.modelyard.testing.Kubectl;
import dev.modelyard.testing.OnRealApiServer;
import dev.modelyard.testing.RealApiServer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * From the CRD of the previous commit to this one, as a user does it who installed the chart. Both
 * are applied under another group, so that the tests of this one's rules are not disturbed.
 */
@OnRealApiServer
class CrdUpgradeTest {
  private static final String GROUP = "upgrade.modelyard.dev";
  private static final String CRD_NAME = "modeldeployments." + GROUP;

  /** Only in the new one: what the API server prints tells which of both it serves. */
  private static final String MARKER = "Upgraded";

  private static final ObjectMapper YAML = Serialization.yamlMapper();

  private final RealApiServer server = RealApiServer.get();
  private final Kubectl kubectl = server.kubectl();
  private final KubernetesClient client = server.client();

  @Test
  void whatIsThereStaysAndCanBeChanged() throws Exception {
    String namespace = server.namespace("upgrade", Map.of());
    JsonNode before = regrouped(previous());
    // Helm makes a CRD and never changes it; its fields are its own.
    kubectl.run("create", "--field-manager=helm", "-f", write("old.yaml", before)).succeeded();
    served(namespace, false);
    Map<String, GenericKubernetesResource> made = make(namespace);
    assertThat(made).as("valid fixtures that the former CRD accepts").isNotEmpty();

    JsonNode after = regrouped(YAML.readTree(Files.readString(CrdOnApiServerTest.CRD)));
    mark(after);
    kubectl
        .run("apply", "--server-side", "--force-conflicts", "-f", write("new.yaml", after))
        .succeeded();
    served(namespace, true);

    JsonNode schema = after.at(CrdOnApiServerTest.SCHEMA);
    made.forEach(
        (fixture, old) -> {
          GenericKubernetesResource now = client.resource(old).get();
          assertThat(tree(now)).as(fixture).isEqualTo(CrdDefaults.filled(schema, tree(old)));
        });
    made.forEach(this::canBeChanged);
  }

  private void canBeChanged(String fixture, GenericKubernetesResource old) {
    GenericKubernetesResource now = client.resource(old).get();
    GenericKubernetesResource same = client.resource(now).update();
    assertThat(same.getMetadata().getGeneration())
        .as(fixture)
        .isEqualTo(old.getMetadata().getGeneration());

    same.getMetadata().setLabels(Map.of("team", "vision"));
    GenericKubernetesResource labelled = client.resource(same).update();
    assertThat(labelled.getMetadata().getLabels()).as(fixture).containsEntry("team", "vision");

    GenericKubernetesResource reported = client.resource(labelled).updateStatus();
    assertThat(reported.getAdditionalProperties())
        .as(fixture)
        .isEqualTo(now.getAdditionalProperties());
  }

  /** Every valid fixture that the former CRD accepts, with a status. */
  private Map<String, GenericKubernetesResource> make(String namespace) throws IOException {
    Map<String, GenericKubernetesResource> made = new TreeMap<>();
    for (Path file : FixturesTest.valid()) {
      String fixture = file.getFileName().toString().replace(".yaml", "");
      ObjectNode tree = (ObjectNode) YAML.readTree(Files.readString(file));
      tree.put("apiVersion", GROUP + "/v1alpha1");
      ((ObjectNode) tree.get("metadata")).put("name", fixture).put("namespace", namespace);
      try {
        var resource =
            client.resource(YAML.convertValue(tree, GenericKubernetesResource.class)).create();
        resource.setAdditionalProperty(
            "status", YAML.convertValue(Samples.status(fixture, namespace, "True"), Map.class));
        made.put(fixture, client.resource(resource).updateStatus());
      } catch (KubernetesClientException e) {
        assertThat(e.getCode()).as(e.getMessage()).isIn(HttpURLConnection.HTTP_BAD_REQUEST, 422);
      }
    }
    return made;
  }

  /** Strips what only tells how the object was written. */
  private static JsonNode tree(GenericKubernetesResource resource) {
    ObjectNode tree = YAML.valueToTree(resource);
    ((ObjectNode) tree.get("metadata")).remove("managedFields");
    return tree;
  }

  private void served(String namespace, boolean marked) {
    kubectl
        .run("wait", "--for=condition=Established", "--timeout=60s", "crd/" + CRD_NAME)
        .succeeded();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              JsonNode columns =
                  Samples.table(client, GROUP, namespace, "").path("columnDefinitions");
              return !columns.isMissingNode()
                  && columns.findValuesAsText("name").contains(MARKER) == marked;
            });
  }

  private static void mark(JsonNode crd) {
    ((ObjectNode) crd.at("/spec/versions/0"))
        .withArray("additionalPrinterColumns")
        .addObject()
        .put("name", MARKER)
        .put("type", "string")
        .put("jsonPath", ".metadata.name");
  }

  private static JsonNode regrouped(JsonNode crd) {
    ((ObjectNode) crd.get("metadata")).put("name", CRD_NAME);
    ((ObjectNode) crd.get("spec")).put("group", GROUP);
    ((ObjectNode) crd.at("/spec/names")).remove("shortNames");
    ((ObjectNode) crd.at("/spec/names")).remove("categories");
    return crd;
  }

  private static String write(String name, JsonNode crd) throws IOException {
    return RealApiServer.write(name, YAML.writeValueAsString(crd)).toString();
  }

  private static JsonNode previous() throws IOException, InterruptedException {
    ProcessBuilder git = new ProcessBuilder("git", "show", "HEAD^:crds/" + CrdOnApiServerTest.CRD);
    Process process;
    try {
      process = git.redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeTrue(false, "no CRD to upgrade from: " + e.getMessage());
      throw e;
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assumeTrue(process.waitFor() == 0, "no CRD to upgrade from: " + output);
    return YAML.readTree(output);
  }
}

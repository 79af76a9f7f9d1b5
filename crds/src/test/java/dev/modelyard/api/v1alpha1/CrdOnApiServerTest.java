package dev.modelyard.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.modelyard.testing.OnRealApiServer;
import dev.modelyard.testing.RealApiServer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API server accepts and refuses, and in which words. */
@OnRealApiServer
class CrdOnApiServerTest {
  static final Path CRD = Path.of("modeldeployments.modelyard.dev-v1.yml");

  static final Path FULL = Path.of("src/test/resources/fixtures/valid-full.yaml");

  static final String SCHEMA = "/spec/versions/0/schema/openAPIV3Schema";

  /** What the API server adds of its own where it could not look at all. */
  private static final String NO_FIELD = "<nil>";

  private static final ObjectMapper YAML = Serialization.yamlMapper();
  private static RealApiServer server;

  @BeforeAll
  static void install() {
    server = RealApiServer.get();
    server.install(CRD);
  }

  static Stream<Path> valid() throws IOException {
    return Stream.concat(FixturesTest.valid().stream(), ExamplesTest.resources().stream());
  }

  @ParameterizedTest
  @MethodSource("valid")
  void acceptsAndKeepsEveryField(Path file) throws IOException {
    JsonNode schema = YAML.readTree(Files.readString(CRD)).at(SCHEMA);
    JsonNode written = YAML.valueToTree(resource(file));

    JsonNode kept = YAML.valueToTree(create(resource(file)));

    assertThat(kept.get("spec")).isEqualTo(CrdDefaults.filled(schema, written).get("spec"));
  }

  @ParameterizedTest
  @MethodSource("dev.modelyard.api.v1alpha1.FixturesTest#invalid")
  void refusesInTheWordsExpectedAndForThatAlone(Path file) throws IOException {
    String expected = FixturesTest.expected(file);
    var refused =
        catchThrowableOfType(KubernetesClientException.class, () -> create(resource(file)));
    assertThat(refused).as("the API server accepts it").isNotNull();
    Status status = refused.getStatus();

    assertThat(messages(status))
        .anyMatch(message -> message.equals(expected) || message.endsWith(": " + expected));
    assertThat(places(status)).as("it is wrong in one place").hasSizeLessThan(2);
  }

  private static List<String> messages(Status status) {
    return status.getDetails() == null
        ? List.of(status.getMessage())
        : status.getDetails().getCauses().stream()
            .map(cause -> cause.getField() + ": " + cause.getMessage())
            .toList();
  }

  private static Set<String> places(Status status) {
    return status.getDetails() == null
        ? Set.of()
        : status.getDetails().getCauses().stream()
            .map(cause -> cause.getField().replaceFirst("^\\.", ""))
            .filter(field -> !field.equals(NO_FIELD))
            .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/spec",
        "/spec/model",
        "/spec/serving/batching",
        "/spec/gpu",
        "/spec/resources",
        "/spec/placement/tolerations/0",
        "/spec/runtime/env/0"
      })
  void refusesAnUnknownFieldAtEveryDepth(String path) throws IOException {
    JsonNode tree = YAML.readTree(Files.readString(FULL));
    ((ObjectNode) tree.at(path)).put("modle", 1);
    String field = (path + "/modle").substring(1).replaceAll("/([0-9]+)", "[$1]").replace('/', '.');

    assertThatThrownBy(() -> create(YAML.convertValue(tree, GenericKubernetesResource.class)))
        .hasMessageContaining("strict decoding error: unknown field \"" + field + "\"");
  }

  private static GenericKubernetesResource resource(Path file) throws IOException {
    return Serialization.unmarshal(Files.readString(file), GenericKubernetesResource.class);
  }

  private static GenericKubernetesResource create(GenericKubernetesResource resource) {
    return server
        .client()
        .resource(resource)
        .inNamespace("default")
        .dryRun()
        .fieldValidation(Validation.STRICT)
        .create();
  }
}

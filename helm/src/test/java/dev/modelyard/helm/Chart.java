package dev.modelyard.helm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The chart, rendered as release {@code modelyard} in namespace {@code modelyard-system}. */
record Chart(String text, List<JsonNode> objects) {
  static final Path FOLDER = Path.of("modelyard");
  static final Path VALUES = Path.of("src/test/resources/values");
  static final String NAMESPACE = "modelyard-system";
  static final ObjectMapper YAML = new YAMLMapper();

  /**
   * @param values a file name in {@link #VALUES}
   * @throws IllegalStateException with Helm's own words when Helm refuses the values
   */
  static Chart render(String values) {
    String text =
        new Helm(FOLDER)
            .template()
            .withName("modelyard")
            .withNamespace(NAMESPACE)
            .withKubeVersion("1.29.0")
            .withValuesFile(VALUES.resolve(values))
            .skipCrds()
            .call();
    return new Chart(text, documents(text));
  }

  static JsonNode read(Path file) throws IOException {
    return YAML.readTree(file.toFile());
  }

  Stream<JsonNode> all(String kind) {
    return objects.stream().filter(object -> object.path("kind").asText().equals(kind));
  }

  JsonNode named(String kind, String namespace, String name) {
    return all(kind)
        .filter(object -> object.at("/metadata/namespace").asText().equals(namespace))
        .filter(object -> object.at("/metadata/name").asText().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no %s %s/%s".formatted(kind, namespace, name)));
  }

  /** The operator's only object of that kind; fails unless there is exactly one. */
  JsonNode operators(String kind) {
    return onlyOf("operator", kind);
  }

  /** The gateway's only object of that kind; fails unless there is exactly one. */
  JsonNode gateways(String kind) {
    return onlyOf("gateway", kind);
  }

  private JsonNode onlyOf(String component, String kind) {
    List<JsonNode> found = all(kind).filter(object -> isOf(component, object)).toList();
    if (found.size() != 1) {
      throw new AssertionError(
          "%d objects of kind %s of the %s, not 1".formatted(found.size(), kind, component));
    }
    return found.get(0);
  }

  /** Whether it is labelled as the operator's or the gateway's. */
  static boolean isOf(String component, JsonNode object) {
    return object.at("/metadata/labels/app.kubernetes.io~1component").asText().equals(component);
  }

  /** The operator's. */
  JsonNode pod() {
    return operators("Deployment").at("/spec/template/spec");
  }

  JsonNode gatewayPod() {
    return gateways("Deployment").at("/spec/template/spec");
  }

  /** The operator's. */
  JsonNode container() {
    return pod().at("/containers/0");
  }

  JsonNode gatewayContainer() {
    return gatewayPod().at("/containers/0");
  }

  /** The operator's variable's value, or a missing node. */
  JsonNode variable(String name) {
    return variable(container(), name);
  }

  /** The gateway's variable's value, or a missing node. */
  JsonNode gatewayVariable(String name) {
    return variable(gatewayContainer(), name);
  }

  private static JsonNode variable(JsonNode container, String name) {
    for (JsonNode variable : container.path("env")) {
      if (variable.path("name").asText().equals(name)) {
        return variable.path("value");
      }
    }
    return MissingNode.getInstance();
  }

  private static List<JsonNode> documents(String text) {
    List<JsonNode> objects = new ArrayList<>();
    for (String document : text.split("(?m)^---\\s*$")) {
      try {
        JsonNode object = YAML.readTree(document);
        if (object.isObject()) {
          objects.add(object);
        }
      } catch (JsonProcessingException e) {
        throw new AssertionError("not YAML:\n" + document, e);
      }
    }
    return objects;
  }
}

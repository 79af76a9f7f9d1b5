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

  /** The object of that kind; fails unless there is exactly one. */
  JsonNode only(String kind) {
    List<JsonNode> found = all(kind).toList();
    if (found.size() != 1) {
      throw new AssertionError("%d objects of kind %s, not 1".formatted(found.size(), kind));
    }
    return found.get(0);
  }

  JsonNode named(String kind, String namespace, String name) {
    return all(kind)
        .filter(object -> object.at("/metadata/namespace").asText().equals(namespace))
        .filter(object -> object.at("/metadata/name").asText().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no %s %s/%s".formatted(kind, namespace, name)));
  }

  JsonNode pod() {
    return only("Deployment").at("/spec/template/spec");
  }

  JsonNode container() {
    return pod().at("/containers/0");
  }

  /** The variable's value, or a missing node. */
  JsonNode variable(String name) {
    for (JsonNode variable : container().path("env")) {
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

package dev.modelyard.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Holds values.yaml, its schema and the table in the chart's README in step. */
class ValuesReferenceTest {
  private static final Path README = Chart.FOLDER.resolve("README.md");
  private static final String BEGIN = "<!-- values: begin -->\n";
  private static final String END = "<!-- values: end -->";

  private final ObjectMapper json = new ObjectMapper();
  private final JsonNode schema = Chart.read(Chart.FOLDER.resolve("values.schema.json"));
  private final JsonNode values = Chart.read(Chart.FOLDER.resolve("values.yaml"));

  ValuesReferenceTest() throws IOException {}

  @Test
  void everyValueIsInTheSchemaAndTheOtherWayRound() {
    Map<String, JsonNode> described = leaves(schema);
    // Helm gives it to every chart.
    described.remove("global");

    assertThat(described).isNotEmpty();
    described.forEach(
        (path, leaf) -> assertThat(at(path).isMissingNode()).as("values.yaml: " + path).isFalse());
    assertKnown("", values, described);
  }

  @Test
  void everyObjectOfFixedFieldsRefusesOthers() {
    assertThat(schema.findParents("properties"))
        .isNotEmpty()
        .filteredOn(object -> object.path("properties").isObject())
        .filteredOn(object -> !object.path("required").toString().equals("[\"name\"]"))
        .allSatisfy(
            object -> assertThat(object.path("additionalProperties").asBoolean(true)).isFalse());
  }

  /** With {@code -Dmodelyard.regenerate=true} it writes the table instead. */
  @Test
  void readmeListsEveryValue() throws IOException {
    String table = table();
    String readme = Files.readString(README);
    int begin = readme.indexOf(BEGIN) + BEGIN.length();
    int end = readme.indexOf(END);
    assertThat(end).as("the markers in " + README).isGreaterThanOrEqualTo(begin);
    if (Boolean.getBoolean("modelyard.regenerate")) {
      readme = readme.substring(0, begin) + table + readme.substring(end);
      Files.writeString(README, readme);
      end = readme.indexOf(END);
    }

    assertThat(readme.substring(begin, end))
        .as("run mvn -pl helm test -Dmodelyard.regenerate=true")
        .isEqualTo(table);
  }

  private String table() throws JsonProcessingException {
    StringBuilder table = new StringBuilder("| value | default | meaning |\n|---|---|---|\n");
    for (Map.Entry<String, JsonNode> leaf : leaves(schema).entrySet()) {
      if (leaf.getKey().equals("global")) {
        continue;
      }
      String description = leaf.getValue().path("description").asText();
      assertThat(description).as("description of " + leaf.getKey()).isNotBlank();
      table.append(
          "| `%s` | `%s` | %s |\n"
              .formatted(
                  leaf.getKey(),
                  json.writeValueAsString(at(leaf.getKey())),
                  description.replace("|", "\\|")));
    }
    return table.toString();
  }

  private JsonNode at(String path) {
    return values.at("/" + path.replace('.', '/'));
  }

  /** Path to schema of every value that is not an object of fixed fields, sorted. */
  private static Map<String, JsonNode> leaves(JsonNode schema) {
    Map<String, JsonNode> leaves = new TreeMap<>();
    collect("", schema, leaves);
    return leaves;
  }

  private static void collect(String path, JsonNode schema, Map<String, JsonNode> leaves) {
    if (!schema.has("properties")) {
      leaves.put(path, schema);
      return;
    }
    schema
        .path("properties")
        .properties()
        .forEach(
            field ->
                collect(
                    path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                    field.getValue(),
                    leaves));
  }

  private static void assertKnown(String path, JsonNode value, Map<String, JsonNode> described) {
    if (described.containsKey(path)) {
      return;
    }
    assertThat(value.isObject()).as("values.schema.json: " + path).isTrue();
    value
        .properties()
        .forEach(
            field ->
                assertKnown(
                    path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                    field.getValue(),
                    described));
  }
}

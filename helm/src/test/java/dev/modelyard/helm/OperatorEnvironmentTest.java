package dev.modelyard.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart sets only what the operator reads. */
class OperatorEnvironmentTest {
  private static final Path SOURCE =
      Path.of("../operator/src/main/java/dev/modelyard/operator/config/OperatorConfig.java");

  @ParameterizedTest
  @ValueSource(strings = {"default.yaml", "namespaces.yaml", "single.yaml", "everything.yaml"})
  void everyVariableIsASettingOfTheOperator(String values) throws IOException {
    Set<String> set =
        StreamSupport.stream(Chart.render(values).container().path("env").spliterator(), false)
            .map(variable -> variable.path("name").asText())
            .filter(name -> name.startsWith("MODELYARD_"))
            .collect(Collectors.toSet());

    assertThat(ConfigMapping.variables(Files.readString(SOURCE))).isNotEmpty().containsAll(set);
  }

  @Test
  void valuesArriveAsTheOperatorReadsThem() {
    Chart chart = Chart.render("everything.yaml");
    Map<String, String> variables = new TreeMap<>();
    for (JsonNode variable : chart.container().path("env")) {
      JsonNode value =
          variable.has("value")
              ? variable.path("value")
              : variable.at("/valueFrom/fieldRef/fieldPath");
      variables.put(variable.path("name").asText(), value.asText());
    }

    assertThat(variables)
        .containsEntry("JAVA_TOOL_OPTIONS", "-Xmx512m")
        .containsEntry("QUARKUS_LOG_LEVEL", "DEBUG")
        .containsEntry("MODELYARD_NAMESPACES", "vision,speech")
        .containsEntry("MODELYARD_RUNTIME_CACHE_SIZE", "1Ti")
        .containsEntry("MODELYARD_RUNTIME_SHUTDOWN_DELAY", "PT10S")
        .containsEntry("MODELYARD_RUNTIME_SHUTDOWN_GRACE", "PT2M")
        .containsEntry("MODELYARD_RUNTIME_ALLOWED_ADDRESSES", "127.0.0.0/8,fe80::/10")
        .containsEntry("MODELYARD_LEADER_ELECTION_ENABLED", "true")
        .containsEntry("MODELYARD_LEADER_ELECTION_LEASE_NAMESPACE", "metadata.namespace");
  }

  /** An empty variable would be a list of one empty namespace. */
  @Test
  void whatIsEmptyIsNotSet() {
    Chart chart = Chart.render("default.yaml");

    assertThat(chart.variable("MODELYARD_NAMESPACES").isMissingNode()).isTrue();
    assertThat(chart.variable("MODELYARD_RUNTIME_ALLOWED_ADDRESSES").isMissingNode()).isTrue();
    assertThat(Chart.render("single.yaml").text()).doesNotContain("GATEWAY", "gateway");
  }
}

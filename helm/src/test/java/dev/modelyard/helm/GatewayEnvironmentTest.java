package dev.modelyard.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the chart tells the gateway, and the operator of it. */
class GatewayEnvironmentTest {
  private static final Path SOURCE =
      Path.of("../gateway/src/main/java/dev/modelyard/gateway/config/GatewayConfig.java");

  private static Map<String, String> variables(Chart chart) {
    Map<String, String> variables = new TreeMap<>();
    chart
        .gatewayContainer()
        .path("env")
        .forEach(
            variable ->
                variables.put(variable.path("name").asText(), variable.path("value").asText()));
    return variables;
  }

  @ParameterizedTest
  @ValueSource(strings = {"default.yaml", "namespaces.yaml", "everything.yaml"})
  void everyVariableIsASettingOfTheGateway(String values) throws IOException {
    assertThat(ConfigMapping.variables(Files.readString(SOURCE)))
        .isNotEmpty()
        .containsAll(
            variables(Chart.render(values)).keySet().stream()
                .filter(name -> name.startsWith("MODELYARD_"))
                .toList());
  }

  @Test
  void valuesArriveAsTheGatewayReadsThem() {
    assertThat(variables(Chart.render("everything.yaml")))
        .containsEntry("JAVA_TOOL_OPTIONS", "-Xmx256m")
        .containsEntry("QUARKUS_LOG_LEVEL", "DEBUG")
        .containsEntry("MODELYARD_NAMESPACES", "vision,speech")
        .containsEntry("MODELYARD_GATEWAY_HOLD_DEADLINE", "PT5M")
        .containsEntry("MODELYARD_GATEWAY_HOLD_MAX_PER_MODEL", "20")
        .containsEntry("MODELYARD_GATEWAY_HOLD_MAX_REQUESTS", "1000000")
        .containsEntry("MODELYARD_GATEWAY_HOLD_MAX_BYTES", "1G")
        .containsEntry("MODELYARD_GATEWAY_LIMITS_MAX_CONNECTIONS", "300")
        .containsEntry("MODELYARD_GATEWAY_LIMITS_MAX_REQUESTS", "400")
        .containsEntry("MODELYARD_GATEWAY_LIMITS_MAX_BODY", "8M")
        .containsEntry("MODELYARD_GATEWAY_KEYS_FILE", "/etc/modelyard/keys/hashes.txt")
        .containsEntry("MODELYARD_GATEWAY_TRUST_FORWARDED", "true")
        .containsEntry("MODELYARD_GATEWAY_ACCESS_LOG", "true")
        .containsEntry("MODELYARD_GATEWAY_SHUTDOWN_DELAY", "PT10S")
        .containsEntry("MODELYARD_GATEWAY_SHUTDOWN_GRACE", "PT1M30S");
  }

  /** An empty variable would be a list of one empty namespace, or a file without a name. */
  @Test
  void whatIsEmptyIsNotSet() {
    assertThat(variables(Chart.render("default.yaml")))
        .doesNotContainKeys("MODELYARD_NAMESPACES", "MODELYARD_GATEWAY_KEYS_FILE");
  }

  @Test
  void operatorIsToldWhereTheGatewaysAre() {
    Chart chart = Chart.render("default.yaml");

    assertThat(chart.variable("MODELYARD_GATEWAY_SERVICE").asText())
        .isEqualTo("modelyard-system/modelyard-gateway-management");
    assertThat(chart.variable("MODELYARD_GATEWAY_URL").asText())
        .isEqualTo("http://modelyard-gateway.modelyard-system.svc");
    assertThat(Chart.render("namespaces.yaml").variable("MODELYARD_GATEWAY_URL").asText())
        .isEqualTo("http://modelyard-gateway.modelyard-system.svc:8000");
    assertThat(Chart.render("everything.yaml").variable("MODELYARD_GATEWAY_URL").asText())
        .isEqualTo("https://models.example.org/ai");
  }
}

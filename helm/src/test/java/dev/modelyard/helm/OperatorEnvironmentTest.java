package dev.modelyard.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart sets only what the operator reads. */
class OperatorEnvironmentTest {
  private static final Path SOURCE =
      Path.of("../operator/src/main/java/dev/modelyard/operator/config/OperatorConfig.java");
  private static final Pattern INTERFACE = Pattern.compile("\\binterface (\\w+) \\{");
  private static final Pattern SETTING = Pattern.compile("^\\s*([\\w<>]+) (\\w+)\\(\\);");

  @ParameterizedTest
  @ValueSource(strings = {"default.yaml", "namespaces.yaml", "single.yaml", "everything.yaml"})
  void everyVariableIsASettingOfTheOperator(String values) throws IOException {
    Set<String> set =
        StreamSupport.stream(Chart.render(values).container().path("env").spliterator(), false)
            .map(variable -> variable.path("name").asText())
            .filter(name -> name.startsWith("MODELYARD_"))
            .collect(Collectors.toSet());

    assertThat(settings(Files.readString(SOURCE))).isNotEmpty().containsAll(set);
  }

  @Test
  void settingsAreReadFromNestedInterfaces() {
    String source =
        """
        public interface C {
          Optional<List<String>> namespaces();

          A first();

          interface A {
            B innerMost();

            interface B {
              String x();
            }
            int y();
          }
        }
        """;
    assertThat(settings(source))
        .containsExactly(
            "MODELYARD_FIRST_INNER_MOST_X", "MODELYARD_FIRST_Y", "MODELYARD_NAMESPACES");
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
  }

  /**
   * The environment variables of a {@code @ConfigMapping(prefix = "modelyard")}, from its source
   * text, so that the chart's tests need no build of the operator.
   */
  private static Set<String> settings(String source) {
    Map<String, Map<String, String>> interfaces = new HashMap<>();
    Deque<String> open = new ArrayDeque<>();
    String root = null;
    for (String line : source.lines().toList()) {
      Matcher header = INTERFACE.matcher(line);
      Matcher setting = SETTING.matcher(line);
      if (header.find()) {
        root = root == null ? header.group(1) : root;
        open.push(header.group(1));
        interfaces.put(header.group(1), new TreeMap<>());
      } else if (setting.find()) {
        interfaces.get(open.peek()).put(setting.group(2), setting.group(1));
      } else if (line.strip().equals("}")) {
        open.pop();
      }
    }
    Set<String> names = new TreeSet<>();
    collect(interfaces, root, "MODELYARD", names);
    return names;
  }

  private static void collect(
      Map<String, Map<String, String>> interfaces, String type, String prefix, Set<String> names) {
    interfaces
        .get(type)
        .forEach(
            (name, returned) -> {
              String variable =
                  prefix + "_" + name.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
              if (interfaces.containsKey(returned)) {
                collect(interfaces, returned, variable, names);
              } else {
                names.add(variable);
              }
            });
  }
}

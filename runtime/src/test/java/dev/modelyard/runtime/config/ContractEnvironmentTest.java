package dev.modelyard.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The runtime's side of {@code docs/contract/environment-*.env}. */
class ContractEnvironmentTest {
  @Test
  void everyVariableIsAPropertyAndEveryPropertyAVariable() {
    Set<String> variables = new TreeSet<>(Environment.golden("environment-full.env").keySet());
    variables.remove("OMP_NUM_THREADS");

    assertThat(variables).isEqualTo(properties());
    assertThat(properties())
        .containsAll(
            Environment.golden("environment-minimal.env").keySet().stream()
                .filter(name -> name.startsWith("MODELYARD_"))
                .toList());
  }

  @Test
  void theCheckKnowsEveryProperty() {
    assertThat(ConfigCheck.unknown(properties())).isEmpty();
    assertThat(ConfigCheck.unknown(List.of("MODELYARD_MODEL_URL", "PATH")))
        .containsExactly("MODELYARD_MODEL_URL");
  }

  @Test
  void theTableNamesEveryVariable() throws IOException {
    Set<String> documented =
        Pattern.compile("`(MODELYARD_[A-Z_]+)` \\|")
            .matcher(Files.readString(Environment.contract("README.md")))
            .results()
            .map(result -> result.group(1))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(documented).isEqualTo(properties());
  }

  @Test
  void theFullOneIsUnderstood() {
    Map<String, String> environment = Environment.golden("environment-full.env");
    assertThat(problems(environment)).isEmpty();

    RuntimeConfig config = Environment.config(environment);

    assertThat(config.terminationLog()).isEqualTo(Path.of("/dev/termination-log"));
    assertThat(config.gpu().count()).isEqualTo(1);
    RuntimeConfig.Model model = config.model();
    assertThat(model.name()).isEqualTo("digits");
    assertThat(model.revision()).isEqualTo("bcdfghjklm");
    assertThat(model.uri()).isEqualTo("pvc://digits-models/1/model.onnx");
    assertThat(model.digest()).contains("sha256:" + "0".repeat(64));
    assertThat(model.engine()).contains("OnnxRuntime");
    assertThat(model.task()).isEqualTo("Tensor");
    assertThat(model.loadTimeout()).isEqualTo(Duration.ofMinutes(30));
    assertThat(model.cache()).isEqualTo(Path.of("/models"));
    assertThat(model.volume()).contains(Path.of("/mnt/model"));
    assertThat(model.maxBytes()).isEqualTo(50L << 30);
    RuntimeConfig.Serving serving = config.serving();
    assertThat(serving.batching().mode()).isEqualTo(BatchingMode.Declared);
    assertThat(serving.batching().maxSize()).isEqualTo(32);
    assertThat(serving.batching().maxDelay()).isEqualTo(Duration.ofMillis(2));
    assertThat(serving.queueCapacity()).isEqualTo(1000);
    assertThat(serving.requestTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(serving.workers()).isEqualTo(2);
    assertThat(serving.threads()).hasValue(2);
    assertThat(config.shutdown().delay()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.shutdown().grace()).isEqualTo(Duration.ofSeconds(60));
    assertThat(config.source().allowedAddresses()).contains(List.of("127.0.0.0/8"));
  }

  @Test
  void theMinimalOneIsUnderstood() {
    Map<String, String> environment = Environment.golden("environment-minimal.env");
    assertThat(problems(environment)).isEmpty();

    RuntimeConfig config = Environment.config(environment);

    assertThat(config.model().uri()).isEqualTo("https://models.example.org/digits/1/model.onnx");
    assertThat(config.model().digest()).isEmpty();
    assertThat(config.model().engine()).isEmpty();
    assertThat(config.model().volume()).isEmpty();
    assertThat(config.serving().threads()).isEmpty();
    assertThat(config.serving().batching().mode()).isEqualTo(BatchingMode.Auto);
    assertThat(config.serving().batching().maxDelay()).isZero();
    assertThat(config.source().allowedAddresses()).isEmpty();
    assertThat(config.gpu().count()).isZero();
  }

  private static List<String> problems(Map<String, String> environment) {
    return ConfigCheck.problems(name -> environment.get(ConfigCheck.variable(name)));
  }

  private static Set<String> properties() {
    return ConfigMappings.getProperties(ConfigClass.configClass(RuntimeConfig.class))
        .keySet()
        .stream()
        // A list has a second entry, for its elements: the variable is the whole list.
        .filter(name -> !name.endsWith("[*]"))
        .map(ConfigCheck::variable)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}

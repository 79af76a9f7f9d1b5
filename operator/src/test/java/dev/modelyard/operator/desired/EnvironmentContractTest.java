package dev.modelyard.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.api.v1alpha1.ModelDeploymentSpec;
import dev.modelyard.operator.testing.Defaults;
import dev.modelyard.operator.testing.Golden;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The runtime's tests read the same files: what is rendered here is what is accepted there. */
class EnvironmentContractTest {
  private static final Path CONTRACT = Path.of("../docs/contract");

  @ParameterizedTest
  @CsvSource({"minimal,", "full,127.0.0.0/8"})
  void rendersExactlyTheContract(String name, String allowedAddresses) throws IOException {
    ModelDeploymentSpec spec =
        Golden.input(Path.of("src/test/resources/golden", name), ModelDeployment.class).getSpec();
    List<EnvVar> environment =
        RuntimeEnvironment.of(
            "digits",
            new Revision("bcdfghjklm", Revision.of(spec).template()),
            allowedAddresses == null ? Defaults.with() : Defaults.with(allowedAddresses));
    long users = spec.runtime() == null ? 0 : spec.runtime().env().size();

    assertThat(environment.stream().limit(environment.size() - users))
        .map(variable -> variable.getName() + "=" + variable.getValue())
        .containsExactlyElementsOf(
            Files.readAllLines(CONTRACT.resolve("environment-" + name + ".env")));
  }

  @Test
  void theKubeletFindsNoReferenceInAUri() {
    ModelDeploymentSpec spec =
        Serialization.unmarshal(
            "model: {uri: 'https://models.example.org/m.onnx?a=$(HOME)&b=$$c'}",
            ModelDeploymentSpec.class);

    assertThat(RuntimeEnvironment.of("digits", Revision.of(spec), Defaults.with()))
        .filteredOn(variable -> variable.getName().equals("MODELYARD_MODEL_URI"))
        .map(EnvVar::getValue)
        .containsExactly("https://models.example.org/m.onnx?a=$$(HOME)&b=$$$$c");
  }
}

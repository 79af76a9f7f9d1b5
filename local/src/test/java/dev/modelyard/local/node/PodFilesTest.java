package dev.modelyard.local.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodFilesTest {
  @TempDir Path home;

  @ParameterizedTest
  @CsvSource({
    "plain, plain",
    "$(HOME_PAGE)/v1, https://models.example.org/v1",
    "$$(HOME_PAGE), $(HOME_PAGE)",
    "$(NOT_THERE), $(NOT_THERE)",
    "a$$b$c, a$b$c",
    "$$$$, $$"
  })
  void expandsReferencesAsTheKubeletDoes(String value, String expanded) {
    assertThat(PodFiles.expand(value, Map.of("HOME_PAGE", "https://models.example.org")))
        .isEqualTo(expanded);
  }

  /** As the kubelet: what is optional and not there is no variable, not an empty one. */
  @Test
  void takesValuesOfConfigMaps() {
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withNamespace("default")
            .withName("p")
            .endMetadata()
            .withNewSpec()
            .endSpec()
            .build();
    Container container =
        new ContainerBuilder()
            .addToEnv(reference("FOUND", "pins", true), reference("ABSENT", "others", true))
            .build();
    PodFiles files = new PodFiles(home, pod, container);
    BinaryOperator<String> configMaps = (name, key) -> name.equals("pins") ? "the " + key : null;

    assertThat(files.environment(pod, container, "127.0.0.2", configMaps))
        .isEqualTo(Map.of("FOUND", "the digest"));

    container.setEnv(List.of(reference("NEEDED", "others", null)));
    assertThatThrownBy(() -> files.environment(pod, container, "127.0.0.2", configMaps))
        .isInstanceOf(UnsupportedPod.class)
        .hasMessage("env NEEDED: no key digest in a ConfigMap others");
  }

  private static EnvVar reference(String variable, String configMap, Boolean optional) {
    return new EnvVarBuilder()
        .withName(variable)
        .withNewValueFrom()
        .withNewConfigMapKeyRef("digest", configMap, optional)
        .endValueFrom()
        .build();
  }
}

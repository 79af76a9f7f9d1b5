package dev.modelyard.operator.dependent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.modelyard.operator.testing.Golden;
import dev.modelyard.testing.OnRealApiServer;
import dev.modelyard.testing.RealApiServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClassBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the operator renders, as a real API server takes it. Nothing is stored. */
@OnRealApiServer
class GoldenOnApiServerIT {
  private static KubernetesClient client;
  private static String namespace;

  static List<Path> cases() throws IOException {
    return Golden.cases("golden");
  }

  @BeforeAll
  static void start() {
    RealApiServer server = RealApiServer.get();
    client = server.client();
    namespace =
        server.namespace("rendered", Map.of("pod-security.kubernetes.io/enforce", "restricted"));
    // A case names them.
    client
        .resource(
            new PriorityClassBuilder()
                .withNewMetadata()
                .withName("serving")
                .endMetadata()
                .withValue(1)
                .build())
        .create();
    client
        .resource(
            new RuntimeClassBuilder()
                .withNewMetadata()
                .withName("nvidia")
                .endMetadata()
                .withHandler("nvidia")
                .build())
        .create();
  }

  /** Else the operator would write it again and again. */
  @ParameterizedTest
  @MethodSource("cases")
  void isStoredWithoutADifference(Path folder) throws IOException {
    assertNoDifference(folder.resolve("deployment.yaml"), Deployment.class);
    assertNoDifference(folder.resolve("service.yaml"), Service.class);
    assertNoDifference(folder.resolve("pdb.yaml"), PodDisruptionBudget.class);
  }

  private static <T extends HasMetadata> void assertNoDifference(Path file, Class<T> type)
      throws IOException {
    T desired = read(file, type);

    T stored = create(desired);

    assertThat(MergePatch.of(tree(stored), tree(desired))).as(file.toString()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void podsAreAsRestrictedAsPodSecurityAsks(Path folder) throws IOException {
    PodTemplateSpec template =
        read(folder.resolve("deployment.yaml"), Deployment.class).getSpec().getTemplate();
    Pod pod =
        new PodBuilder()
            .withMetadata(template.getMetadata())
            .editMetadata()
            .withName("digits")
            .withNamespace(namespace)
            .endMetadata()
            .withSpec(template.getSpec())
            .build();

    assertThat(create(pod).getSpec().getContainers()).isNotEmpty();

    pod.getSpec().getContainers().get(0).getSecurityContext().setAllowPrivilegeEscalation(true);
    assertThatThrownBy(() -> create(pod)).hasMessageContaining("violates PodSecurity");
  }

  private static <T extends HasMetadata> T read(Path file, Class<T> type) throws IOException {
    T object = Golden.YAML.readValue(file.toFile(), type);
    object.getMetadata().setNamespace(namespace);
    return object;
  }

  private static <T extends HasMetadata> T create(T object) {
    return client.resource(object).dryRun().fieldValidation(Validation.STRICT).create();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> tree(HasMetadata object) {
    return client.getKubernetesSerialization().convertValue(object, Map.class);
  }
}

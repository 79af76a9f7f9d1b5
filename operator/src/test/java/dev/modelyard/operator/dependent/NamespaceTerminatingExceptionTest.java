package dev.modelyard.operator.dependent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.Test;

class NamespaceTerminatingExceptionTest {
  @Test
  void aNamespaceThatGoesRefusesWhatIsNew() {
    assertThat(
            says(
                new StatusBuilder()
                    .withCode(403)
                    .withNewDetails()
                    .withKind("deployments")
                    .addNewCause(
                        "metadata.namespace", "is being terminated", "NamespaceTerminating")
                    .endDetails()
                    .build()))
        .isTrue();
  }

  @Test
  void aNamespaceThatIsGoneIsNotFound() {
    assertThat(says(notFound("namespaces"))).isTrue();
  }

  @Test
  void anythingElseThatIsNotFoundIsAFailure() {
    assertThat(says(notFound("deployments"))).isFalse();
    assertThat(says(new StatusBuilder().withCode(404).build())).isFalse();
  }

  private static Status notFound(String kind) {
    return new StatusBuilder()
        .withCode(404)
        .withNewDetails()
        .withKind(kind)
        .withName("gone")
        .endDetails()
        .build();
  }

  private static boolean says(Status status) {
    return NamespaceTerminatingException.says(new KubernetesClientException(status));
  }
}

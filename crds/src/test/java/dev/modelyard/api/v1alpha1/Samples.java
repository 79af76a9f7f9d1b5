package dev.modelyard.api.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.LoadedModel;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.Phase;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus.RevisionStatus;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletionException;

/** ModelDeployments with a status such as the operator writes. */
final class Samples {
  private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

  private Samples() {}

  /**
   * @param ready status of the condition Ready
   */
  static ModelDeployment create(
      KubernetesClient client, String namespace, String name, String ready) throws IOException {
    return create(client, namespace, name, ready, 2);
  }

  static ModelDeployment create(
      KubernetesClient client, String namespace, String name, String ready, Integer replicas)
      throws IOException {
    ModelDeployment resource =
        Serialization.unmarshal(Files.readString(CrdOnApiServerTest.FULL), ModelDeployment.class);
    resource.getMetadata().setName(name);
    resource.getMetadata().setNamespace(namespace);
    ModelDeploymentSpec spec = resource.getSpec();
    resource.setSpec(
        new ModelDeploymentSpec(
            spec.model(),
            spec.serving(),
            spec.gpu(),
            spec.resources(),
            spec.placement(),
            spec.runtime(),
            replicas,
            spec.autoscaling()));
    ModelDeployment made = client.resource(resource).create();
    made.setStatus(status(name, namespace, ready));
    return client.resource(made).updateStatus();
  }

  static ModelDeploymentStatus status(String name, String namespace, String ready) {
    return new ModelDeploymentStatus(
        1L,
        "True".equals(ready) ? Phase.Ready : Phase.Loading,
        "http://" + name + "." + namespace + ".svc",
        "2/2",
        2,
        2,
        "modelyard.dev/model-deployment=" + name,
        new RevisionStatus(
            "kwlm29spvr",
            2,
            2,
            new LoadedModel("sha256:" + "0".repeat(64), 12_345L, "OnnxRuntime", "gpu:0", "Proven"),
            null,
            null),
        null,
        List.of(
            new ConditionBuilder()
                .withType("Ready")
                .withStatus(ready)
                .withReason("Ready")
                .withMessage("All 2 replicas answer.")
                .withObservedGeneration(1L)
                .withLastTransitionTime("2026-01-01T00:00:00Z")
                .build()));
  }

  /**
   * What kubectl get asks for.
   *
   * @param name empty for all of the namespace
   */
  static JsonNode table(KubernetesClient client, String group, String namespace, String name)
      throws IOException {
    HttpClient http = client.getHttpClient();
    String url =
        "%sapis/%s/v1alpha1/namespaces/%s/modeldeployments/%s"
            .formatted(client.getMasterUrl(), group, namespace, name)
            .replaceFirst("/$", "");
    try {
      String body =
          http.sendAsync(
                  http.newHttpRequestBuilder().uri(url).header("Accept", TABLE).build(),
                  String.class)
              .join()
              .body();
      return Serialization.jsonMapper().readTree(body);
    } catch (CompletionException e) {
      throw new IOException(e.getCause());
    }
  }
}

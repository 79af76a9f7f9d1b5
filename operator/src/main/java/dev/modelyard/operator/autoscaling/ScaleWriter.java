package dev.modelyard.operator.autoscaling;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.api.model.autoscaling.v1.ScaleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/** Writes the number of replicas through the scale subresource, with one request. */
final class ScaleWriter {
  private ScaleWriter() {}

  /**
   * @return false where the resource is gone
   * @throws KubernetesClientException where the API server refuses or does not answer
   */
  static boolean write(KubernetesClient client, ModelDeployment resource, int replicas) {
    String name = resource.getMetadata().getName();
    String namespace = resource.getMetadata().getNamespace();
    try {
      client
          .resources(ModelDeployment.class)
          .inNamespace(namespace)
          .withName(name)
          .scale(
              new ScaleBuilder()
                  .withNewMetadata()
                  .withName(name)
                  .withNamespace(namespace)
                  // Not to one that was deleted and made again meanwhile.
                  .withUid(resource.getMetadata().getUid())
                  .endMetadata()
                  .withNewSpec()
                  .withReplicas(replicas)
                  .endSpec()
                  .build());
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }
}

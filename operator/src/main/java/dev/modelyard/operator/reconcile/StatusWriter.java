package dev.modelyard.operator.reconcile;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Writes a status that differs from the cached one, as a whole and with one request.
 *
 * <p>The Operator SDK's own status patch is not used: it treats the event of a spec change that
 * falls together with the patch as the patch's own, so that the change is not reconciled. Here the
 * caller compares the generation in the answer.
 */
final class StatusWriter {
  private StatusWriter() {}

  /** The resource as the API server has it now; empty where nothing was to write. */
  static Optional<ModelDeployment> write(
      ModelDeployment resource, ModelDeploymentStatus status, Context<ModelDeployment> context) {
    if (Objects.equals(resource.getStatus(), status)) {
      return Optional.empty();
    }
    var client = context.getClient();
    String patch =
        client
            .getKubernetesSerialization()
            .asJson(List.of(Map.of("op", "add", "path", "/status", "value", status)));
    try {
      ModelDeployment written =
          client
              .resource(resource)
              .subresource("status")
              .patch(PatchContext.of(PatchType.JSON), patch);
      context
          .eventSourceRetriever()
          .getControllerEventSource()
          .handleRecentResourceUpdate(ResourceID.fromResource(written), written, resource);
      return Optional.of(written);
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return Optional.empty(); // Deleted meanwhile.
      }
      throw e;
    }
  }
}

package dev.modelyard.operator.dependent;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Writes objects of one owner, each with one request, and puts the answer into the cache, so that
 * the next reconcile sees it.
 *
 * <p>Objects are created rather than applied, so that one of that name that is not ours is found
 * and not taken over.
 */
final class OwnedWriter {
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  private final ModelDeployment owner;
  private final Context<ModelDeployment> context;
  private final KubernetesClient client;

  OwnedWriter(ModelDeployment owner, Context<ModelDeployment> context) {
    this.owner = owner;
    this.context = context;
    this.client = context.getClient();
  }

  <T extends HasMetadata> void create(Class<T> type, T desired) {
    try {
      remember(type, desired, object -> client.resource(object).create());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        T existing = client.resource(desired).get();
        if (existing != null
            && !Ownership.owns(owner, existing)
            && !Ownership.isLeftover(owner, existing)) {
          throw RefusedException.nameConflict(existing);
        }
        if (existing != null && Ownership.owns(owner, existing)) {
          // Someone took off the label that it is watched by. The next attempt sees it again.
          patch(
              type,
              existing,
              Map.of("metadata", Map.of("labels", desired.getMetadata().getLabels())));
        }
      }
      throw refusal(desired, e);
    }
  }

  /** Makes the fields that {@code desired} sets what it says; fields of others stay. */
  <T extends HasMetadata> void update(Class<T> type, T existing, T desired) {
    KubernetesSerialization json = client.getKubernetesSerialization();
    Optional<Map<String, Object>> patch = MergePatch.of(tree(json, existing), tree(json, desired));
    patch.ifPresent(p -> patch(type, existing, p));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> tree(KubernetesSerialization json, HasMetadata object) {
    return json.convertValue(object, Map.class);
  }

  <T extends HasMetadata> void patch(Class<T> type, T existing, Map<String, Object> patch) {
    try {
      String json = client.getKubernetesSerialization().asJson(patch);
      remember(type, existing, object -> client.resource(object).patch(MERGE, json));
    } catch (KubernetesClientException e) {
      throw refusal(existing, e);
    }
  }

  /** Deletes an object; its pods end in the background, within their grace period. */
  void delete(HasMetadata existing) {
    try {
      client.resource(existing).delete();
    } catch (KubernetesClientException e) {
      throw refusal(existing, e);
    }
  }

  private static RuntimeException refusal(HasMetadata object, KubernetesClientException e) {
    if (NamespaceTerminatingException.says(e)) {
      return new NamespaceTerminatingException(e);
    }
    return RefusedException.of(object, e).map(RuntimeException.class::cast).orElse(e);
  }

  /** The event of the write may come before its answer; neither starts a reconcile. */
  private <T extends HasMetadata> void remember(Class<T> type, T object, UnaryOperator<T> write) {
    ((InformerEventSource<T, ModelDeployment>)
            context.eventSourceRetriever().getEventSourceFor(type))
        .eventFilteringUpdateAndCacheResource(object, write);
  }
}

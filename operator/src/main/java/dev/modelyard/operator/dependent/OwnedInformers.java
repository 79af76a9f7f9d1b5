package dev.modelyard.operator.dependent;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.desired.Labels;
import dev.modelyard.operator.desired.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import java.util.List;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Watches what belongs to ModelDeployments: caches it, without what nothing here reads, and
 * reconciles on the changes that matter.
 */
public final class OwnedInformers {
  private static final String BY_LABEL = "model-deployment";

  private OwnedInformers() {}

  /** The event sources of one controller. */
  public static List<EventSource<?, ModelDeployment>> of(
      EventSourceContext<ModelDeployment> context) {
    return List.of(
        owned(Deployment.class, context, OwnedInformers::deploymentChanged),
        owned(Service.class, context, changed(Service::getSpec)),
        owned(PodDisruptionBudget.class, context, changed(PodDisruptionBudget::getSpec)),
        ExternalAutoscalers.informer(context),
        pods(context));
  }

  private static <T extends HasMetadata> EventSource<T, ModelDeployment> owned(
      Class<T> type, EventSourceContext<ModelDeployment> context, BiPredicate<T, T> changed) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(type, ModelDeployment.class)
            .withName(type.getSimpleName())
            .withNamespacesInheritedFromController()
            .withLabelSelector(Labels.MODEL_DEPLOYMENT)
            .withSecondaryToPrimaryMapper(Mappers.fromOwnerReferences(ModelDeployment.class))
            .withItemStore(trimmed())
            .withOnUpdateFilter(
                (now, before) -> metaChanged(now, before) || changed.test(now, before))
            .build(),
        context);
  }

  /** Pods are not ours but their ReplicaSet's: the label tells, which a long name is cut for. */
  private static EventSource<Pod, ModelDeployment> pods(
      EventSourceContext<ModelDeployment> context) {
    IndexerResourceCache<ModelDeployment> primaries = context.getPrimaryCache();
    primaries.addIndexer(BY_LABEL, primary -> List.of(label(primary)));
    InformerEventSource<Pod, ModelDeployment> source =
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(Pod.class, ModelDeployment.class)
                .withName(Pod.class.getSimpleName())
                .withNamespacesInheritedFromController()
                .withLabelSelector(Labels.MODEL_DEPLOYMENT + "," + Labels.REVISION)
                .withSecondaryToPrimaryMapper(
                    pod ->
                        primaries.byIndex(BY_LABEL, label(pod)).stream()
                            .map(ResourceID::fromResource)
                            .collect(Collectors.toSet()))
                .withItemStore(trimmed(OwnedInformers::trimPod))
                .withOnUpdateFilter(
                    (now, before) ->
                        metaChanged(now, before)
                            || !Objects.equals(now.getStatus(), before.getStatus()))
                .build(),
            context);
    source.addIndexer(BY_LABEL, pod -> List.of(label(pod)));
    return source;
  }

  /** The pods of a ModelDeployment. */
  @SuppressWarnings("unchecked")
  static List<Pod> pods(ModelDeployment resource, Context<ModelDeployment> context) {
    var source =
        (InformerEventSource<Pod, ModelDeployment>)
            context.eventSourceRetriever().getEventSourceFor(Pod.class);
    return source.byIndex(BY_LABEL, label(resource));
  }

  private static String label(ModelDeployment resource) {
    return resource.getMetadata().getNamespace()
        + "/"
        + Names.labelValue(resource.getMetadata().getName());
  }

  private static String label(Pod pod) {
    return pod.getMetadata().getNamespace()
        + "/"
        + pod.getMetadata().getLabels().get(Labels.MODEL_DEPLOYMENT);
  }

  private static boolean deploymentChanged(Deployment now, Deployment before) {
    return !Objects.equals(now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
        || !Objects.equals(now.getStatus(), before.getStatus());
  }

  private static <T> BiPredicate<T, T> changed(Function<T, Object> part) {
    return (now, before) -> !Objects.equals(part.apply(now), part.apply(before));
  }

  private static boolean metaChanged(HasMetadata now, HasMetadata before) {
    return !Objects.equals(
            now.getMetadata().getDeletionTimestamp(), before.getMetadata().getDeletionTimestamp())
        || !Objects.equals(now.getMetadata().getLabels(), before.getMetadata().getLabels())
        || !Objects.equals(
            now.getMetadata().getOwnerReferences(), before.getMetadata().getOwnerReferences());
  }

  private static <T extends HasMetadata> TransformingItemStore<T> trimmed(UnaryOperator<T> trim) {
    return new TransformingItemStore<>(
        object -> {
          object.getMetadata().setManagedFields(null);
          return trim.apply(object);
        });
  }

  /** Store without what nothing here reads of any object. */
  public static <T extends HasMetadata> ItemStore<T> trimmed() {
    return trimmed(UnaryOperator.identity());
  }

  /** A pod's environment and volumes are most of it; a thousand pods are cached. */
  private static Pod trimPod(Pod pod) {
    if (pod.getSpec() != null) {
      pod.getSpec().setVolumes(null);
      pod.getSpec().setTolerations(null);
      pod.getSpec().setAffinity(null);
      pod.getSpec()
          .getContainers()
          .forEach(
              container -> {
                container.setEnv(null);
                container.setVolumeMounts(null);
              });
    }
    return pod;
  }
}

package dev.modelyard.operator.dependent;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.CrossVersionObjectReference;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Who else scales a ModelDeployment: a HorizontalPodAutoscaler, and so KEDA too, which makes one
 * for each of its ScaledObjects.
 */
public final class ExternalAutoscalers {
  private ExternalAutoscalers() {}

  /** Watches HorizontalPodAutoscalers of ModelDeployments. */
  public static EventSource<HorizontalPodAutoscaler, ModelDeployment> informer(
      EventSourceContext<ModelDeployment> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(HorizontalPodAutoscaler.class, ModelDeployment.class)
            .withName(HorizontalPodAutoscaler.class.getSimpleName())
            .withNamespacesInheritedFromController()
            .withSecondaryToPrimaryMapper(
                autoscaler ->
                    scales(autoscaler.getSpec().getScaleTargetRef())
                        ? Set.of(
                            new ResourceID(
                                autoscaler.getSpec().getScaleTargetRef().getName(),
                                autoscaler.getMetadata().getNamespace()))
                        : Set.of())
            .withItemStore(OwnedInformers.trimmed())
            .withOnUpdateFilter(
                (now, before) ->
                    !Objects.equals(
                            now.getSpec().getScaleTargetRef(), before.getSpec().getScaleTargetRef())
                        || now.isMarkedForDeletion() != before.isMarkedForDeletion())
            .build(),
        context);
  }

  private static boolean scales(CrossVersionObjectReference target) {
    return "ModelDeployment".equals(target.getKind())
        && target.getApiVersion() != null
        && target.getApiVersion().startsWith(ModelDeployment.GROUP + "/");
  }

  /** The one that scales it, in words; empty where none does. */
  public static Optional<String> of(ModelDeployment resource, Context<ModelDeployment> context) {
    return context
        .getSecondaryResourcesAsStream(HorizontalPodAutoscaler.class)
        .filter(autoscaler -> scales(autoscaler.getSpec().getScaleTargetRef()))
        .filter(
            autoscaler ->
                autoscaler
                    .getSpec()
                    .getScaleTargetRef()
                    .getName()
                    .equals(resource.getMetadata().getName()))
        .map(ExternalAutoscalers::words)
        .sorted()
        .findFirst();
  }

  static String words(HorizontalPodAutoscaler autoscaler) {
    String name = "HorizontalPodAutoscaler " + autoscaler.getMetadata().getName();
    return autoscaler.getMetadata().getOwnerReferences().stream()
        .filter(owner -> "ScaledObject".equals(owner.getKind()))
        .findFirst()
        .map(owner -> "KEDA's ScaledObject " + owner.getName() + " (" + name + ")")
        .orElse(name);
  }
}

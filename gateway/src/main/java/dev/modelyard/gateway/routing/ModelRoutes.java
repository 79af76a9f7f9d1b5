package dev.modelyard.gateway.routing;

import dev.modelyard.api.v1alpha1.Durations;
import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.api.v1alpha1.ModelDeploymentSpec;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus;
import dev.modelyard.api.v1alpha1.Serving;
import dev.modelyard.gateway.routing.ModelRoute.Refusal;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Makes the route of a model from what the API server tells. */
public final class ModelRoutes {
  /** Label of the EndpointSlices of a model's Service, copied from the Service. */
  public static final String MODEL_LABEL = "modelyard.dev/model-deployment";

  /** Added to the pod's own time-out: for the way there and back, and for the pod to answer 504. */
  static final Duration MARGIN = Duration.ofSeconds(5);

  static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
  static final int QUEUE_CAPACITY = 1000;
  static final int BATCH = 32;

  private ModelRoutes() {}

  /**
   * @param slices those of the model's Service
   */
  public static ModelRoute of(ModelDeployment model, Collection<EndpointSlice> slices) {
    ModelKey key = new ModelKey(model.getMetadata().getNamespace(), model.getMetadata().getName());
    Serving serving = model.getSpec() == null ? null : model.getSpec().serving();
    int computed = batch(serving) * (serving == null ? 1 : orElse(serving.workers(), 1));
    int queue = serving == null ? QUEUE_CAPACITY : orElse(serving.queueCapacity(), QUEUE_CAPACITY);
    int capacity = computed + queue;
    return new ModelRoute(
        key,
        Endpoints.ready(slices),
        refusal(model),
        duration(serving == null ? null : serving.requestTimeout(), REQUEST_TIMEOUT).plus(MARGIN),
        // What computes and as much again that waits keeps a pod busy.
        Math.min(2 * computed, capacity),
        capacity,
        coldStart(model.getStatus()));
  }

  /**
   * The name of the Service of a model, which is the value of {@link #MODEL_LABEL} too. It is the
   * model's own unless that is too long for a label; then the operator's selector in the status
   * tells it.
   */
  public static String serviceName(ModelDeployment model) {
    String selector = model.getStatus() == null ? null : model.getStatus().selector();
    String prefix = MODEL_LABEL + "=";
    return selector != null && selector.startsWith(prefix)
        ? selector.substring(prefix.length())
        : model.getMetadata().getName();
  }

  private static Refusal refusal(ModelDeployment model) {
    ModelDeploymentSpec spec = model.getSpec();
    if (spec == null || spec.autoscaling() == null && orElse(spec.replicas(), 1) == 0) {
      return new Refusal(
          "ScaledToZero",
          "it has no replicas and no spec.autoscaling that would start one; scale it up");
    }
    ModelDeploymentStatus status = model.getStatus();
    if (status == null || status.phase() != ModelDeploymentStatus.Phase.Failed) {
      return null;
    }
    return Optional.ofNullable(status.conditions()).orElse(List.of()).stream()
        .filter(condition -> condition.getType().equals("Ready"))
        .findFirst()
        .map(ModelRoutes::failed)
        .orElse(new Refusal("Failed", "it has failed"));
  }

  private static Refusal failed(Condition ready) {
    return new Refusal(ready.getReason(), ready.getMessage());
  }

  private static int batch(Serving serving) {
    return serving == null || serving.batching() == null
        ? BATCH
        : orElse(serving.batching().maxSize(), BATCH);
  }

  private static Duration coldStart(ModelDeploymentStatus status) {
    return status == null || status.stable() == null || status.stable().coldStart() == null
        ? null
        : duration(status.stable().coldStart().total(), null);
  }

  /** What an API server without the CRD's rules lets through must not take the gateway down. */
  private static Duration duration(String text, Duration otherwise) {
    try {
      return text == null ? otherwise : Durations.parse(text);
    } catch (IllegalArgumentException e) {
      return otherwise;
    }
  }

  private static int orElse(Integer value, int otherwise) {
    return value == null ? otherwise : value;
  }
}

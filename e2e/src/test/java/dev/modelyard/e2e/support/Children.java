package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** All objects that the cluster has because of one ModelDeployment. */
public final class Children {
  private static final String OF = "modelyard.dev/model-deployment";

  private final Space space;
  private final String model;

  public Children(Space space, String model) {
    this.space = space;
    this.model = model;
  }

  /** Deployments, ReplicaSets, pods, the Service, its EndpointSlices, the disruption budget. */
  public List<HasMetadata> all() {
    KubernetesClient client = space.client();
    String namespace = space.name();
    Map<String, String> ours = Map.of(OF, model);
    return Stream.of(
            client.apps().deployments().inNamespace(namespace).withLabels(ours).list(),
            client.apps().replicaSets().inNamespace(namespace).withLabels(ours).list(),
            client.pods().inNamespace(namespace).withLabels(ours).list(),
            client.services().inNamespace(namespace).withLabels(ours).list(),
            client
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace(namespace)
                .withLabel("kubernetes.io/service-name", model)
                .list(),
            client
                .policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace(namespace)
                .withLabels(ours)
                .list())
        .flatMap(list -> list.getItems().stream())
        .map(HasMetadata.class::cast)
        .toList();
  }

  /** Those that name the ModelDeployment as their owner. */
  public List<HasMetadata> owned() {
    return all().stream()
        .filter(
            child ->
                Set.of("Deployment", "Service", "PodDisruptionBudget").contains(child.getKind()))
        .toList();
  }

  /** Which kinds there are. */
  public Set<String> kinds() {
    return all().stream().map(HasMetadata::getKind).collect(Collectors.toCollection(TreeSet::new));
  }

  /** Waits until none is left but those that a test allows. */
  public void awaitGone(Predicate<HasMetadata> allowed) {
    Awaitility.await("the children of " + model + " to go")
        .atMost(Space.PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () -> {
              List<String> left =
                  all().stream()
                      .filter(allowed.negate())
                      .map(child -> child.getKind() + " " + child.getMetadata().getName())
                      .toList();
              if (!left.isEmpty()) {
                throw new AssertionError("left: " + left);
              }
            });
  }

  public void awaitGone() {
    awaitGone(child -> false);
  }
}

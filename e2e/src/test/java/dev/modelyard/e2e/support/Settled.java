package dev.modelyard.e2e.support;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus;
import dev.modelyard.e2e.support.Storm.Wanted;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compares a namespace with what a {@link Storm} asked for last: the status of each
 * ModelDeployment, and exactly the children that it should have.
 */
final class Settled {
  private static final String REVISION = "modelyard.dev/revision";

  private final List<String> problems = new ArrayList<>();
  private final Map<String, Wanted> wanted;
  private final List<ModelDeployment> models;
  private final List<Deployment> deployments;
  private final List<Service> services;
  private final List<? extends HasMetadata> budgets;
  private final List<? extends HasMetadata> replicaSets;
  private final List<Pod> pods;

  private Settled(Space space, Map<String, Wanted> wanted) {
    KubernetesClient client = space.client();
    String namespace = space.name();
    this.wanted = wanted;
    models = space.modelDeployments().inNamespace(namespace).list().getItems();
    deployments = client.apps().deployments().inNamespace(namespace).list().getItems();
    services = client.services().inNamespace(namespace).list().getItems();
    budgets = client.policy().v1().podDisruptionBudget().inNamespace(namespace).list().getItems();
    replicaSets = client.apps().replicaSets().inNamespace(namespace).list().getItems();
    pods = client.pods().inNamespace(namespace).list().getItems();
  }

  /** What is not as it should be, a line each. */
  static List<String> problems(Space space, Map<String, Wanted> wanted) {
    var settled = new Settled(space, new TreeMap<>(wanted));
    settled.compare();
    return settled.problems;
  }

  private void compare() {
    Set<String> there =
        models.stream().map(model -> model.getMetadata().getName()).collect(Collectors.toSet());
    if (!there.equals(wanted.keySet())) {
      problems.add("there is %s, and not %s".formatted(new TreeSet<>(there), wanted.keySet()));
    }
    models.stream()
        .filter(model -> wanted.containsKey(model.getMetadata().getName()))
        .forEach(model -> compare(model, wanted.get(model.getMetadata().getName())));
    leftOver();
  }

  private void compare(ModelDeployment model, Wanted last) {
    String name = model.getMetadata().getName();
    ModelDeploymentStatus status = model.getStatus();
    if (status == null || status.conditions() == null || status.stable() == null) {
      problems.add(name + " has no status");
      return;
    }
    current(model, status);
    Set<String> alive = new TreeSet<>(Set.of(status.stable().revision()));
    if (status.candidate() != null) {
      alive.add(status.candidate().revision());
    }
    List<Deployment> own = of(model, deployments);
    Set<String> revisions =
        own.stream()
            .map(d -> d.getMetadata().getLabels().get(REVISION))
            .collect(Collectors.toSet());
    expect(name, "revisions", alive, new TreeSet<>(revisions));
    List<Deployment> latest =
        own.stream()
            .filter(d -> ("v" + last.version()).equals(version(d)))
            .filter(d -> alive.contains(d.getMetadata().getLabels().get(REVISION)))
            .toList();
    expect(name, "Deployments of the last spec", 1, latest.size());
    for (Deployment deployment : own) {
      expect(name, "replicas", last.replicas(), deployment.getSpec().getReplicas());
    }
    List<Service> service = of(model, services);
    expect(name, "Services", 1, service.size());
    service.forEach(
        one ->
            expect(
                name,
                "revision that the Service selects",
                status.stable().revision(),
                one.getSpec().getSelector().get(REVISION)));
    // Each revision has a budget of its own.
    expect(
        name,
        "PodDisruptionBudgets",
        last.replicas() > 1 ? own.size() : 0,
        of(model, budgets).size());
    if (!name.startsWith(Storm.SERVING)) {
      conditions(name, status, last, own.size());
    }
  }

  private void current(ModelDeployment model, ModelDeploymentStatus status) {
    String name = model.getMetadata().getName();
    Long generation = model.getMetadata().getGeneration();
    expect(name, "observedGeneration", generation, status.observedGeneration());
    status
        .conditions()
        .forEach(
            condition ->
                expect(
                    name,
                    "observedGeneration of " + condition.getType(),
                    generation,
                    condition.getObservedGeneration()));
  }

  /** What fits no node: where several revisions are alive, each has its pods, and none runs. */
  private void conditions(String name, ModelDeploymentStatus status, Wanted last, int revisions) {
    String reason = last.replicas() == 0 ? "ScaledToZero" : "Unschedulable";
    status.conditions().stream()
        .filter(condition -> condition.getType().equals("Ready"))
        .forEach(condition -> expect(name, "reason of Ready", reason, condition.getReason()));
    if (last.replicas() == 0) {
      expect(name, "revisions alive", 1, revisions);
    }
    if (revisions > 2) {
      problems.add(name + " has a third revision");
    }
    long own =
        pods.stream()
            .filter(
                pod ->
                    name.equals(
                        pod.getMetadata().getLabels().get("modelyard.dev/model-deployment")))
            .count();
    expect(name, "pods", (long) last.replicas() * revisions, own);
  }

  /** Each object's owner must be there, and a Deployment have one ReplicaSet. */
  private void leftOver() {
    Set<String> uids = new HashSet<>();
    Stream.of(models, deployments, replicaSets)
        .flatMap(List::stream)
        .forEach(object -> uids.add(object.getMetadata().getUid()));
    Stream.of(deployments, services, budgets, replicaSets)
        .flatMap(List::stream)
        .filter(object -> !uids.contains(owner(object)))
        .forEach(
            object ->
                problems.add(
                    "%s %s is left over"
                        .formatted(object.getKind(), object.getMetadata().getName())));
    expect("the namespace", "ReplicaSets", deployments.size(), replicaSets.size());
  }

  private static <T extends HasMetadata> List<T> of(ModelDeployment model, List<T> objects) {
    return objects.stream()
        .filter(object -> model.getMetadata().getUid().equals(owner(object)))
        .toList();
  }

  private static String owner(HasMetadata object) {
    return object.getMetadata().getOwnerReferences().stream()
        .filter(reference -> Boolean.TRUE.equals(reference.getController()))
        .map(reference -> reference.getUid())
        .findFirst()
        .orElse("");
  }

  private static String version(Deployment deployment) {
    Map<String, String> annotations =
        deployment.getSpec().getTemplate().getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get(Storm.VERSION);
  }

  private void expect(String name, String what, Object expected, Object found) {
    if (!Objects.equals(expected, found)) {
      problems.add("%s: %s: expected %s, found %s".formatted(name, what, expected, found));
    }
  }
}

package dev.modelyard.operator.reconcile;

import static org.awaitility.Awaitility.await;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.api.v1alpha1.ModelDeploymentSpec;
import dev.modelyard.operator.desired.Labels;
import dev.modelyard.operator.desired.Revision;
import dev.modelyard.operator.desired.RuntimePod;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.util.List;

/** Plays the user, the Deployment controller and the kubelet in one namespace. */
record Workloads(KubernetesClient client, String namespace) {

  ModelDeployment unapplied(String name, String spec) {
    ModelDeployment resource = new ModelDeployment();
    resource.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace(namespace).build());
    resource.setSpec(Serialization.unmarshal(spec, ModelDeploymentSpec.class));
    return resource;
  }

  ModelDeployment apply(String name, String spec) {
    ModelDeployment resource = unapplied(name, spec);
    var existing = client.resource(resource).get();
    if (existing == null) {
      return client.resource(resource).create();
    }
    while (true) {
      try {
        existing.setSpec(resource.getSpec());
        return client.resource(existing).update();
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
          throw e;
        }
        // The operator has written the status meanwhile.
        existing = client.resource(resource).get();
      }
    }
  }

  ModelDeployment get(String name) {
    return client.resources(ModelDeployment.class).inNamespace(namespace).withName(name).get();
  }

  static String revision(ModelDeployment resource) {
    return Revision.of(resource.getSpec()).id();
  }

  List<Deployment> deployments() {
    return client.apps().deployments().inNamespace(namespace).list().getItems();
  }

  Deployment deployment(String revision) {
    return deployments().stream()
        .filter(d -> revision.equals(d.getMetadata().getLabels().get(Labels.REVISION)))
        .findFirst()
        .orElse(null);
  }

  Service service(String name) {
    return client.services().inNamespace(namespace).withName(name).get();
  }

  String serving(String name) {
    Service service = service(name);
    return service == null ? null : service.getSpec().getSelector().get(Labels.REVISION);
  }

  /** The pods of a revision, as its Deployment's template makes them. */
  Pod startPod(String revision, String address) {
    Deployment deployment = deployment(revision);
    Pod pod =
        client
            .resource(
                new PodBuilder()
                    .withNewMetadata()
                    .withName(deployment.getMetadata().getName() + "-" + address.replace('.', '-'))
                    .withNamespace(namespace)
                    .withLabels(deployment.getSpec().getTemplate().getMetadata().getLabels())
                    .endMetadata()
                    .withSpec(deployment.getSpec().getTemplate().getSpec())
                    .build())
            .create();
    return status(pod, running(address, false));
  }

  Pod ready(Pod pod) {
    return status(pod, running(pod.getStatus().getPodIP(), true));
  }

  Pod status(Pod pod, PodStatus status) {
    return client
        .resource(pod)
        .subresource("status")
        .edit(now -> new PodBuilder(now).withStatus(status).build());
  }

  private static PodStatus running(String address, boolean ready) {
    return new PodStatusBuilder()
        .withPhase("Running")
        .withPodIP(address)
        .withContainerStatuses(
            new ContainerStatusBuilder()
                .withName(RuntimePod.CONTAINER)
                .withReady(ready)
                .withNewState()
                .withNewRunning()
                .withStartedAt("2026-01-01T00:00:00Z")
                .endRunning()
                .endState()
                .build())
        .withConditions(
            new PodConditionBuilder().withType("PodScheduled").withStatus("True").build(),
            new PodConditionBuilder()
                .withType("Ready")
                .withStatus(ready ? "True" : "False")
                .build())
        .build();
  }

  /** What the Deployment controller says once all replicas are available. */
  void available(String revision) {
    await()
        .ignoreExceptionsMatching(Workloads::isConflict)
        .untilAsserted(() -> available(deployment(revision)));
  }

  /** The operator may write at the same time; a controller then looks again, and so does this. */
  private static boolean isConflict(Throwable failure) {
    return failure instanceof KubernetesClientException e
        && e.getCode() == HttpURLConnection.HTTP_CONFLICT;
  }

  private void available(Deployment deployment) {
    int replicas = deployment.getSpec().getReplicas();
    client
        .resource(deployment)
        .subresource("status")
        .edit(
            now -> {
              now.setStatus(
                  new DeploymentStatusBuilder()
                      .withObservedGeneration(now.getMetadata().getGeneration())
                      .withReplicas(replicas)
                      .withUpdatedReplicas(replicas)
                      .withAvailableReplicas(replicas)
                      .withReadyReplicas(replicas)
                      .addNewCondition()
                      .withType("Progressing")
                      .withStatus("True")
                      .withReason("NewReplicaSetAvailable")
                      .endCondition()
                      .build());
              return now;
            });
  }

  /**
   * A revision that answers, and the Service selects.
   *
   * @param addresses of its replicas, on which {@link RuntimeStubs} answer
   */
  String serve(String name, String spec, String... addresses) {
    String revision = revision(apply(name, spec));
    await().until(() -> deployment(revision) != null);
    for (String address : addresses) {
      RuntimeStubs.answer(address, "{\"state\":\"READY\",\"model\":{\"digest\":\"sha256:abc\"}}");
      ready(startPod(revision, address));
    }
    available(revision);
    await().until(() -> revision.equals(serving(name)) && "Ready".equals(reason(name, "Ready")));
    return revision;
  }

  Condition condition(String name, String type) {
    ModelDeployment resource = get(name);
    return resource.getStatus() == null
        ? null
        : resource.getStatus().conditions().stream()
            .filter(c -> type.equals(c.getType()))
            .findFirst()
            .orElse(null);
  }

  String reason(String name, String type) {
    Condition condition = condition(name, type);
    return condition == null ? null : condition.getReason();
  }

  Event event(String reason) {
    return client.events().v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(e -> reason.equals(e.getReason()))
        .findFirst()
        .orElse(null);
  }

  List<PodDisruptionBudget> budgets() {
    return client.policy().v1().podDisruptionBudget().inNamespace(namespace).list().getItems();
  }

  /** One that is not ours, under a name that we need. */
  <T extends HasMetadata> T foreign(T object, String name) {
    object.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace(namespace).build());
    return client.resource(object).create();
  }
}

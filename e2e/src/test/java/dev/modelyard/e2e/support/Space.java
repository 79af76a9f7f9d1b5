package dev.modelyard.e2e.support;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.api.v1alpha1.ModelDeploymentStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.core.ConditionTimeoutException;

/** A namespace of one test, which enforces Pod Security restricted and goes with the test. */
public final class Space implements AutoCloseable {
  /** For what takes seconds on a quiet machine. */
  public static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Cluster cluster;
  private final String name;

  private Space(Cluster cluster, String name) {
    this.cluster = cluster;
    this.name = name;
  }

  /** A second namespace, for a test that needs two and closes this one itself. */
  public static Space create(Cluster cluster, String testClass) {
    String name =
        "e2e-%s-%05x"
            .formatted(
                testClass.toLowerCase(Locale.ROOT), ThreadLocalRandom.current().nextInt(1 << 20));
    createNamespace(cluster.client(), name);
    return new Space(cluster, name);
  }

  /** A namespace that enforces Pod Security; what a killed run has left of it goes first. */
  static void createNamespace(KubernetesClient client, String name) {
    var namespace = client.namespaces().withName(name);
    if (namespace.get() != null) {
      namespace.delete();
      namespace.waitUntilCondition(Objects::isNull, PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .addToLabels("modelyard.dev/e2e", "true")
                .endMetadata()
                .build())
        .create();
  }

  public String name() {
    return name;
  }

  public KubernetesClient client() {
    return cluster.client();
  }

  public MixedOperation<
          ModelDeployment, KubernetesResourceList<ModelDeployment>, Resource<ModelDeployment>>
      modelDeployments() {
    return client().resources(ModelDeployment.class);
  }

  /**
   * Applies a ModelDeployment as {@code kubectl apply --server-side} does.
   *
   * @param spec YAML of the spec, from column 0
   */
  public ModelDeployment apply(String model, String spec) {
    String yaml =
        "apiVersion: modelyard.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {name: %s, namespace: %s}\nspec:\n%s"
            .formatted(model, name, spec.indent(2));
    return client()
        .resource(Serialization.unmarshal(yaml, ModelDeployment.class))
        .forceConflicts()
        .serverSideApply();
  }

  /** Applies a digits model with one replica and small requests, as most tests want it. */
  public ModelDeployment applyDigits(String model, int revision) {
    return apply(model, digits(revision, 1));
  }

  /**
   * The spec of a digits model.
   *
   * @param revision 1 or 2, the two that examples/digits holds
   */
  public String digits(int revision, int replicas) {
    String file = "digits/%d/model.onnx".formatted(revision);
    return """
        model:
          uri: %s
          digest: %s
        resources:
          requests: {cpu: 50m, memory: 256Mi}
          limits: {memory: 512Mi}
        replicas: %d
        """
        .formatted(cluster.models().uri(file), Models.digest(file), replicas);
  }

  /**
   * The spec of a digits model whose replicas follow its load.
   *
   * @param autoscaling such as {@code {maxReplicas: 3}}
   */
  public String autoscaled(int revision, String autoscaling) {
    // As for a Git repository: what something scales is left out.
    return digits(revision, 1).replaceAll("(?m)^replicas: .*\n", "")
        + "autoscaling: %s\n".formatted(autoscaling);
  }

  public ModelDeployment get(String model) {
    return modelDeployments().inNamespace(name).withName(model).get();
  }

  /** Limits what all pods of the namespace may ask for of a resource together. */
  public void quota(String quota, String resource, String limit) {
    client()
        .resource(
            new ResourceQuotaBuilder()
                .withNewMetadata()
                .withNamespace(name)
                .withName(quota)
                .endMetadata()
                .withNewSpec()
                .addToHard(resource, new Quantity(limit))
                .endSpec()
                .build())
        .create();
  }

  public void scale(String model, int replicas) {
    modelDeployments().inNamespace(name).withName(model).scale(replicas);
  }

  public void delete(String model, DeletionPropagation how) {
    modelDeployments().inNamespace(name).withName(model).withPropagationPolicy(how).delete();
  }

  /** Events about a model. */
  public List<Event> events(String model) {
    return client().events().v1().events().inNamespace(name).list().getItems().stream()
        .filter(event -> model.equals(event.getRegarding().getName()))
        .toList();
  }

  public Optional<Condition> condition(String model, String type) {
    ModelDeployment found = get(model);
    if (found == null || found.getStatus() == null || found.getStatus().conditions() == null) {
      return Optional.empty();
    }
    return found.getStatus().conditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst();
  }

  /** Waits until what is served is what the spec asks for, with every replica Ready. */
  public ModelDeployment awaitServing(String model) {
    return await(
        model,
        "to serve what its spec asks for",
        PATIENCE,
        found -> {
          ModelDeploymentStatus status = found.getStatus();
          return status != null
              && found.getMetadata().getGeneration().equals(status.observedGeneration())
              && status.candidate() == null
              && has(status, "Ready", "True")
              && has(status, "Progressing", "False");
        });
  }

  /**
   * Waits until a model serves and the status tells what was loaded: a pod is Ready by its probe,
   * and what it loaded the operator has to ask it.
   */
  public ModelDeployment awaitLoaded(String model) {
    awaitServing(model);
    return await(
        model,
        "to tell what it loaded",
        PATIENCE,
        found -> found.getStatus().stable().model() != null);
  }

  /** Waits for a condition's reason; gives the condition. */
  public Condition awaitReason(String model, String type, String reason, Duration limit) {
    ModelDeployment found =
        await(
            model,
            type + " to have the reason " + reason,
            limit,
            candidate ->
                candidate.getStatus() != null
                    && candidate.getStatus().conditions() != null
                    && candidate.getStatus().conditions().stream()
                        .anyMatch(c -> c.getType().equals(type) && c.getReason().equals(reason)));
    return found.getStatus().conditions().stream()
        .filter(c -> c.getType().equals(type))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Waits until a ModelDeployment is as wanted.
   *
   * @throws AssertionError with its status when it is not in time
   */
  public ModelDeployment await(
      String model, String what, Duration limit, Predicate<ModelDeployment> wanted) {
    try {
      return org.awaitility.Awaitility.await(model + " " + what)
          .atMost(limit)
          .pollInterval(Duration.ofMillis(200))
          .ignoreExceptions()
          .until(() -> get(model), found -> found != null && wanted.test(found));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "%s %s: not within %s\n%s"
              .formatted(model, what, limit, Serialization.asYaml(get(model))),
          e);
    }
  }

  private static boolean has(ModelDeploymentStatus status, String type, String value) {
    return status.conditions() != null
        && status.conditions().stream()
            .anyMatch(c -> c.getType().equals(type) && c.getStatus().equals(value));
  }

  /** Keep-alive clients on a digits model, eight of them, anywhere in the cluster. */
  public Load load(String model) {
    return load(model, 8, 5, null);
  }

  /** Keep-alive clients that reach a digits model by its own Service. */
  public Load load(String model, int connections, int pauseMillis, String node) {
    String url = "http://%s.%s.svc.cluster.local".formatted(model, name) + infer(model);
    return Load.onDigits(this, "load-" + model, url, connections, pauseMillis, node, null);
  }

  /** Keep-alive clients that reach a digits model by the gateway. */
  public Load gatewayLoad(String model, int connections, int pauseMillis) {
    return gatewayLoad(model, connections, pauseMillis, null);
  }

  /**
   * @param key of the API; none when null
   */
  public Load gatewayLoad(String model, int connections, int pauseMillis, String key) {
    String url = gatewayUrl(model);
    return Load.onDigits(this, "gateway-load-" + model, url, connections, pauseMillis, null, key);
  }

  /** Requests at once on a digits model, by the gateway. */
  public Burst gatewayBurst(String model, Duration limit) {
    return Burst.onDigits(this, "burst-" + model, gatewayUrl(model), limit);
  }

  /** Where the status says that the model answers, by its infer. */
  public String gatewayUrl(String model) {
    return get(model).getStatus().url() + infer(model);
  }

  private static String infer(String model) {
    return "/v2/models/%s/infer".formatted(model);
  }

  /** Records from now on where the model's traffic could go. */
  public Traffic traffic(String model) {
    return new Traffic(client(), name, model);
  }

  /** Records from now on when what happened here. */
  public Chronicle chronicle() {
    return new Chronicle(client(), name);
  }

  /** Where a path of the tests' web server is, such as {@code forbidden/digits/1/model.onnx}. */
  public String uri(String path) {
    return cluster.models().uri(path);
  }

  /** The revision that the model's Service selects. */
  public String serving(String model) {
    return client()
        .services()
        .inNamespace(name)
        .withName(model)
        .get()
        .getSpec()
        .getSelector()
        .get("modelyard.dev/revision");
  }

  /** Pods of a model, those that are ending included. */
  public List<Pod> pods(String model) {
    return client()
        .pods()
        .inNamespace(name)
        .withLabel("modelyard.dev/model-deployment", model)
        .list()
        .getItems();
  }

  public List<Deployment> deployments(String model) {
    return client()
        .apps()
        .deployments()
        .inNamespace(name)
        .withLabel("modelyard.dev/model-deployment", model)
        .list()
        .getItems();
  }

  /**
   * Asks a model through the API server's proxy to its Service.
   *
   * @param path such as {@code v2/models/digits/infer}
   */
  public String post(String model, String path, String json) {
    return client()
        .raw(
            "/api/v1/namespaces/%s/services/%s:80/proxy/%s".formatted(name, model, path),
            "POST",
            Serialization.unmarshal(json, JsonNode.class));
  }

  @Override
  public void close() {
    client().namespaces().withName(name).delete();
  }
}

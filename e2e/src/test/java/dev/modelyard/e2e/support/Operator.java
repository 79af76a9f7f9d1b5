package dev.modelyard.e2e.support;

import static org.awaitility.Awaitility.await;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.UpgradeCommand;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The operator and the gateway as the chart installs them, in a namespace of their own that
 * enforces Pod Security.
 */
public final class Operator implements AutoCloseable {
  public static final String NAMESPACE = "modelyard-e2e-system";
  public static final String RELEASE = "modelyard";
  public static final String CRD = "modeldeployments.modelyard.dev";

  /** Their ServiceAccounts. */
  public static final String ACCOUNT = RELEASE;

  public static final String GATEWAY_ACCOUNT = RELEASE + "-gateway";
  private static final String COMPONENT = "app.kubernetes.io/component";
  private static final Duration START = Duration.ofMinutes(3);

  private final KubernetesClient client;
  private Path chart;
  private Map<String, String> values;

  Operator(KubernetesClient client) {
    this.client = client;
  }

  /** The values that every installation of this run has. */
  public static Map<String, String> defaultValues() {
    Map<String, String> values = new LinkedHashMap<>();
    values.putAll(image("image", Settings.operatorImage()));
    values.putAll(image("gateway.image", Settings.gatewayImage()));
    values.putAll(image("runtime.images.cpu", Settings.runtimeImage()));
    // No cluster of these tests has a CUDA device: what asks for a GPU computes on the CPU.
    values.putAll(image("runtime.images.gpu", Settings.runtimeImage()));
    return values;
  }

  /** The chart's values for an image, such as {@code registry.example.org/name:tag}. */
  public static Map<String, String> image(String value, String image) {
    int colon = image.lastIndexOf(':');
    return Map.of(
        value + ".repository",
        image.substring(0, colon),
        value + ".tag",
        image.substring(colon + 1));
  }

  /** This commit's chart with the default values, whatever was installed before. */
  public synchronized void ensureInstalled() {
    ensureInstalled(Settings.CHART, defaultValues());
  }

  /**
   * Installs, or replaces what this run installed with other values.
   *
   * @param chart the chart's folder
   * @param values of {@code helm --set-string}-like keys
   */
  public synchronized void ensureInstalled(Path chart, Map<String, String> values) {
    if (chart.equals(this.chart) && values.equals(this.values)) {
      return;
    }
    uninstall();
    Space.createNamespace(client, NAMESPACE);
    InstallCommand install = new Helm(chart).install().withName(RELEASE).withNamespace(NAMESPACE);
    Kubeconfig.path().ifPresent(install::withKubeConfig);
    values.forEach(install::set);
    install.call();
    this.chart = chart;
    this.values = values;
    awaitReady();
  }

  /** {@code helm upgrade}, preceded by what Helm never does: applying the chart's CRD. */
  public synchronized void upgrade(Path chart, Map<String, String> values) {
    applyCrd(chart);
    UpgradeCommand upgrade = new Helm(chart).upgrade().withName(RELEASE).withNamespace(NAMESPACE);
    Kubeconfig.path().ifPresent(upgrade::withKubeConfig);
    values.forEach(upgrade::set);
    upgrade.call();
    this.chart = chart;
    this.values = values;
    awaitReady();
  }

  private void applyCrd(Path chart) {
    client
        .load(Streams.open(chart.resolve("crds/modeldeployments.modelyard.dev-v1.yml")))
        .items()
        .forEach(crd -> client.resource(crd).forceConflicts().serverSideApply());
  }

  /** Waits until every operator and gateway pod runs the installed template and is Ready. */
  public void awaitReady() {
    await("operator and gateway to be Ready")
        .atMost(START)
        .pollInterval(Duration.ofMillis(500))
        .ignoreExceptions()
        .until(
            () -> {
              var deployments =
                  client.apps().deployments().inNamespace(NAMESPACE).list().getItems();
              return !deployments.isEmpty() && deployments.stream().allMatch(Operator::isReady);
            });
  }

  private static boolean isReady(Deployment deployment) {
    Integer wanted = deployment.getSpec().getReplicas();
    var status = deployment.getStatus();
    return status.getObservedGeneration() >= deployment.getMetadata().getGeneration()
        && (wanted == 0 && status.getReplicas() == null
            || wanted.equals(status.getUpdatedReplicas())
                && wanted.equals(status.getReadyReplicas())
                && wanted.equals(status.getReplicas()));
  }

  /** The operator's pods. */
  public List<Pod> pods() {
    return pods("operator");
  }

  public List<Pod> gatewayPods() {
    return pods("gateway");
  }

  private List<Pod> pods(String component) {
    return client.pods().inNamespace(NAMESPACE).withLabel(COMPONENT, component).list().getItems();
  }

  /** As many operators as that; the gateways stay. */
  public void scale(int replicas) {
    client
        .apps()
        .deployments()
        .inNamespace(NAMESPACE)
        .withLabel(COMPONENT, "operator")
        .resources()
        .forEach(deployment -> deployment.scale(replicas));
  }

  /**
   * Replaces all pods as {@code kubectl rollout restart} does.
   *
   * @param component {@code operator} or {@code gateway}
   */
  public void restart(String component) {
    client
        .apps()
        .deployments()
        .inNamespace(NAMESPACE)
        .withLabel(COMPONENT, component)
        .resources()
        .forEach(deployment -> deployment.rolling().restart());
  }

  /** The name of the pod that holds the lease. */
  public String leader() {
    String holder =
        client
            .leases()
            .inNamespace(NAMESPACE)
            .list()
            .getItems()
            .get(0)
            .getSpec()
            .getHolderIdentity();
    return holder == null ? "" : holder.split("_")[0];
  }

  /** What Prometheus reads of one of their pods. */
  public String metrics(String pod) {
    return client.raw(
        "/api/v1/namespaces/%s/pods/%s:9000/proxy/q/metrics".formatted(NAMESPACE, pod));
  }

  /** Deletes the pod that leads, and waits until another one does and all are Ready. */
  public void handOver() {
    String leader = leader();
    client.pods().inNamespace(NAMESPACE).withName(leader).delete();
    await("another leader")
        .atMost(Space.PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(this::leader, now -> !now.isEmpty() && !now.equals(leader));
    awaitReady();
  }

  /** Ends all operator and gateway pods, so that none is left to act without its rights. */
  public void stop() {
    client.apps().deployments().inNamespace(NAMESPACE).resources().forEach(d -> d.scale(0));
    await("operator and gateway to end")
        .atMost(START)
        .pollInterval(Duration.ofMillis(500))
        .ignoreExceptions()
        .until(() -> pods().isEmpty() && gatewayPods().isEmpty());
  }

  /** Removes the release, its namespace and the CRD, and with it every ModelDeployment. */
  public synchronized void uninstall() {
    if (chart == null) {
      return;
    }
    stop();
    var uninstall = Helm.uninstall(RELEASE).withNamespace(NAMESPACE);
    Kubeconfig.path().ifPresent(uninstall::withKubeConfig);
    uninstall.call();
    chart = null;
    values = null;
  }

  @Override
  public void close() {
    uninstall();
    var crd = client.apiextensions().v1().customResourceDefinitions().withName(CRD);
    crd.delete();
    // The next run on this cluster must not take it for one that stays.
    crd.waitUntilCondition(Objects::isNull, START.toSeconds(), TimeUnit.SECONDS);
    client.namespaces().withName(NAMESPACE).delete();
  }
}

package dev.modelyard.local.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.modelyard.local.apiserver.EmbeddedApiServer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir static Path home;
  private static EmbeddedApiServer server;
  private static KubernetesClient client;
  private static Node node;

  @BeforeAll
  static void start() throws Exception {
    server = EmbeddedApiServer.start(home.resolve("kubeconfig"));
    client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(Files.readString(server.kubeconfig())))
            .build();
    try (var definition =
        Files.newInputStream(Path.of("../crds/modeldeployments.modelyard.dev-v1.yml"))) {
      client.load(definition).create();
    }
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command =
        List.of(
            java,
            "-XX:TieredStopAtLevel=1",
            "-cp",
            Path.of("target", "test-classes").toAbsolutePath().toString(),
            StandIn.class.getName());
    node = Node.start(client, new Images(Map.of("stand-in", command)), home);
  }

  @AfterAll
  static void stop() {
    node.close();
    client.close();
    server.close();
  }

  @AfterEach
  void deleteAll() {
    client.apps().deployments().inNamespace("default").delete();
    client.services().inNamespace("default").delete();
    await().atMost(LIMIT).until(() -> pods().isEmpty() && node.runningPods() == 0);
  }

  private static List<Pod> pods() {
    return client.pods().inNamespace("default").list().getItems();
  }

  private static List<EndpointSlice> slices() {
    return client
        .discovery()
        .v1()
        .endpointSlices()
        .inNamespace("default")
        .withLabel(EndpointSlices.SERVICE_NAME, "d")
        .list()
        .getItems();
  }

  /** Of the endpoints that are ready. */
  private static List<String> addresses() {
    return slices().stream()
        .flatMap(slice -> slice.getEndpoints().stream())
        .filter(endpoint -> endpoint.getConditions().getReady())
        .flatMap(endpoint -> endpoint.getAddresses().stream())
        .toList();
  }

  private static Deployment deployment(String image, String mode, String resources) {
    return Serialization.unmarshal(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: d, namespace: default}
        spec:
          replicas: 1
          selector: {matchLabels: {app: d}}
          template:
            metadata: {labels: {app: d}}
            spec:
              terminationGracePeriodSeconds: 20
              volumes: [{name: cache, emptyDir: {}}]
              containers:
              - name: runtime
                image: %s
                terminationMessagePath: /dev/termination-log
                resources: %s
                volumeMounts: [{name: cache, mountPath: /models}]
                env:
                - {name: MODE, value: %s}
                - {name: TERMINATION_LOG, value: /dev/termination-log}
                - name: POD
                  valueFrom: {fieldRef: {apiVersion: v1, fieldPath: metadata.name}}
                startupProbe: {httpGet: {path: /started, port: 9000}, periodSeconds: 1, failureThreshold: 60}
                readinessProbe: {httpGet: {path: /ready, port: 9000}, periodSeconds: 1}
        """
            .formatted(image, resources, mode),
        Deployment.class);
  }

  private static void service() {
    client
        .load(
            new java.io.ByteArrayInputStream(
                """
                apiVersion: v1
                kind: Service
                metadata: {name: d, namespace: default}
                spec: {selector: {app: d}, ports: [{port: 80, targetPort: 8080}]}
                """
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .create();
  }

  private static Deployment now() {
    return client.apps().deployments().inNamespace("default").withName("d").get();
  }

  private static boolean available(int wanted) {
    var status = now().getStatus();
    return status != null
        && status.getAvailableReplicas() != null
        && status.getAvailableReplicas() == wanted
        && now().getMetadata().getGeneration().equals(status.getObservedGeneration());
  }

  @Test
  void runsScalesServesAndStopsGracefully() throws Exception {
    client.resource(deployment("stand-in", "serve", "{}")).create();
    service();
    await().atMost(LIMIT).until(() -> available(1));
    Pod pod = pods().get(0);
    assertThat(pod.getStatus().getPodIP()).startsWith("127.");
    assertThat(pod.getStatus().getContainerStatuses().get(0).getReady()).isTrue();

    await().atMost(LIMIT).until(() -> node.port("default", "d").isPresent());
    URI uri = URI.create("http://127.0.0.1:" + node.port("default", "d").orElseThrow() + "/");
    String answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
            .body();
    assertThat(answer).isEqualTo(pod.getMetadata().getName());

    await().atMost(LIMIT).until(() -> addresses().equals(List.of(pod.getStatus().getPodIP())));
    EndpointSlice slice = slices().get(0);
    assertThat(slice.getPorts().get(0).getPort()).isEqualTo(8080);

    client.apps().deployments().inNamespace("default").withName("d").scale(2);
    await().atMost(LIMIT).until(() -> available(2));
    await().atMost(LIMIT).until(() -> addresses().size() == 2);
    assertThat(slices())
        .singleElement()
        .satisfies(
            now -> assertThat(now.getMetadata().getUid()).isEqualTo(slice.getMetadata().getUid()));
    client.apps().deployments().inNamespace("default").withName("d").scale(0);
    await().atMost(LIMIT).until(() -> pods().isEmpty() && available(0));
    await().atMost(LIMIT).until(() -> addresses().isEmpty() && slices().size() == 1);
    client.services().inNamespace("default").withName("d").delete();
    await().atMost(LIMIT).until(() -> slices().isEmpty());
    Path files = home.resolve("pods").resolve("default_" + pod.getMetadata().getName());
    // Written by a shutdown hook: SIGTERM came before SIGKILL.
    assertThat(files.resolve("stopped")).hasContent("gracefully");
    assertThat(files.resolve("volumes")).doesNotExist();
    assertThat(files.resolve("log")).exists();
  }

  @Test
  void writesAnEndpointSliceOnceWhereNothingChanges() {
    service();
    await().atMost(LIMIT).until(() -> slices().size() == 1);
    String version = slices().get(0).getMetadata().getResourceVersion();
    // Makes the node look again, and proves that it has.
    client.resource(deployment("nobody/knows:1", "serve", "{}")).create();
    await().atMost(LIMIT).until(() -> !slices().get(0).getEndpoints().isEmpty());
    String latter = slices().get(0).getMetadata().getResourceVersion();
    assertThat(latter).isNotEqualTo(version);
    client
        .apps()
        .deployments()
        .inNamespace("default")
        .withName("d")
        .edit(
            d ->
                new DeploymentBuilder(d)
                    .editMetadata()
                    .addToLabels("looked", "at")
                    .endMetadata()
                    .editSpec()
                    .withMinReadySeconds(1)
                    .endSpec()
                    .build());
    await()
        .atMost(LIMIT)
        .until(
            () ->
                now()
                        .getMetadata()
                        .getGeneration()
                        .equals(now().getStatus().getObservedGeneration())
                    && now().getMetadata().getGeneration() > 1);
    assertThat(slices().get(0).getMetadata().getResourceVersion()).isEqualTo(latter);
  }

  @Test
  void reportsACrashWithItsWordsAndBacksOff() {
    client.resource(deployment("stand-in", "crash", "{}")).create();
    await()
        .atMost(LIMIT)
        .until(
            () ->
                pods().stream()
                    .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
                    .anyMatch(
                        status ->
                            status.getRestartCount() >= 1
                                && status.getState().getWaiting() != null
                                && "CrashLoopBackOff"
                                    .equals(status.getState().getWaiting().getReason())));
    var last =
        pods().get(0).getStatus().getContainerStatuses().get(0).getLastState().getTerminated();
    assertThat(last.getExitCode()).isEqualTo(1);
    assertThat(last.getReason()).isEqualTo("Error");
    assertThat(last.getMessage()).isEqualTo("ModelLoadFailed: no such model");
  }

  @Test
  void saysThatThereIsNoSuchImage() {
    client.resource(deployment("nobody/knows:1", "serve", "{}")).create();
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(pods())
                    .singleElement()
                    .satisfies(
                        pod -> {
                          assertThat(pod.getStatus().getPhase()).isEqualTo("Pending");
                          assertThat(pod.getStatus().getContainerStatuses()).hasSize(1);
                          var waiting =
                              pod.getStatus().getContainerStatuses().get(0).getState().getWaiting();
                          assertThat(waiting.getReason()).isEqualTo("ImagePullBackOff");
                          assertThat(waiting.getMessage()).contains("nobody/knows:1", "stand-in");
                        }));
  }

  @Test
  void saysThatThereIsNoGpu() {
    client
        .resource(
            deployment("stand-in", "serve", "{limits: {nvidia.com/gpu: 1}, requests: {cpu: 100m}}"))
        .create();
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(pods())
                    .singleElement()
                    .satisfies(
                        pod ->
                            assertThat(pod.getStatus().getConditions())
                                .singleElement()
                                .satisfies(
                                    condition -> {
                                      assertThat(condition.getReason()).isEqualTo("Unschedulable");
                                      assertThat(condition.getMessage())
                                          .isEqualTo(
                                              "0/1 nodes are available: 1 Insufficient"
                                                  + " nvidia.com/gpu.");
                                    })));
    assertThat(node.runningPods()).isZero();
  }
}

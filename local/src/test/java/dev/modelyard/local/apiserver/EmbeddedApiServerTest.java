package dev.modelyard.local.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
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
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedApiServerTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager("test")
          .withForce(true)
          .build();

  @TempDir Path folder;
  private EmbeddedApiServer server;
  private KubernetesClient client;

  @BeforeEach
  void start() throws Exception {
    server = EmbeddedApiServer.start(folder.resolve("kubeconfig"));
    client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(Files.readString(server.kubeconfig())))
            .build();
    try (var definition =
        Files.newInputStream(Path.of("../crds/modeldeployments.modelyard.dev-v1.yml"))) {
      client.load(definition).create();
    }
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private static ModelDeployment model(String name, String rest) {
    return Serialization.unmarshal(
        "apiVersion: modelyard.dev/v1alpha1\n"
            + "kind: ModelDeployment\n"
            + "metadata: {name: "
            + name
            + ", namespace: default}\n"
            + "spec: {model: {uri: 'file:///m.onnx'}"
            + rest
            + "}\n",
        ModelDeployment.class);
  }

  private Resource<ModelDeployment> named(String name) {
    return client.resources(ModelDeployment.class).inNamespace("default").withName(name);
  }

  private static ConfigMap config(Map<String, String> data) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName("c")
        .withNamespace("default")
        .endMetadata()
        .withData(data)
        .build();
  }

  @Test
  void countsGenerationsAndKeepsTheStatusApart() {
    ModelDeployment created = client.resource(model("a", ", replicas: 1")).create();
    assertThat(created.getMetadata().getUid()).isNotBlank();
    assertThat(created.getMetadata().getGeneration()).isEqualTo(1);

    var merge = PatchContext.of(PatchType.JSON_MERGE);
    ModelDeployment scaled = named("a").patch(merge, "{\"spec\":{\"replicas\":2}}");
    assertThat(scaled.getMetadata().getGeneration()).isEqualTo(2);

    named("a")
        .subresource("status")
        .patch(merge, "{\"status\":{\"phase\":\"Ready\"},\"spec\":{\"replicas\":9}}");
    ModelDeployment now = named("a").get();
    assertThat(now.getStatus().phase()).hasToString("Ready");
    assertThat(now.getSpec().replicas()).isEqualTo(2);
    assertThat(now.getMetadata().getGeneration()).isEqualTo(2);

    ModelDeployment ignored = named("a").patch(merge, "{\"status\":{\"phase\":\"Failed\"}}");
    assertThat(ignored.getStatus().phase()).hasToString("Ready");
  }

  @Test
  void refusesAStaleUpdateAndASecondCreation() {
    ConfigMap first = client.resource(config(Map.of("k", "1"))).create();
    client.resource(config(Map.of("k", "2"))).update();
    first.setData(Map.of("k", "3"));
    assertThatThrownBy(() -> client.resource(first).lockResourceVersion().update())
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
    assertThatThrownBy(() -> client.resource(config(Map.of())).create())
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            e -> assertThat(e.getStatus().getReason()).isEqualTo("AlreadyExists"));
  }

  @Test
  void appliesServerSide() {
    ConfigMap created = client.resource(config(Map.of("a", "1", "b", "1"))).patch(APPLY);
    assertThat(created.getMetadata().getManagedFields())
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.getManager()).isEqualTo("test");
              assertThat(Serialization.asJson(entry.getFieldsV1())).contains("f:data", "f:a");
            });
    client
        .configMaps()
        .inNamespace("default")
        .withName("c")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"data\":{\"other\":\"9\"}}");

    ConfigMap changed = client.resource(config(Map.of("a", "2"))).patch(APPLY);
    assertThat(changed.getData()).isEqualTo(Map.of("a", "2", "other", "9"));

    ConfigMap same = client.resource(config(Map.of("a", "2"))).patch(APPLY);
    assertThat(same.getMetadata().getResourceVersion())
        .isEqualTo(changed.getMetadata().getResourceVersion());
  }

  @Test
  void scales() {
    client.resource(model("a", ", replicas: 1")).create();
    assertThat(named("a").scale().getSpec().getReplicas()).isEqualTo(1);
    named("a").scale(4);
    assertThat(named("a").get().getSpec().replicas()).isEqualTo(4);
    named("a")
        .subresource("scale")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\":{\"replicas\":0},\"metadata\":{\"labels\":{\"a\":\"b\"}}}");
    assertThat(named("a").get().getSpec().replicas()).isZero();
    assertThat(named("a").get().getMetadata().getGeneration()).isEqualTo(3);
    assertThat(named("a").get().getMetadata().getLabels()).isEmpty();
  }

  @Test
  void knowsEndpointSlicesAndAutoscalers() {
    EndpointSlice slice =
        Serialization.unmarshal(
            """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: a-1, namespace: default, labels: {kubernetes.io/service-name: a}}
            addressType: FQDN
            ports: [{name: http, port: 8080}]
            endpoints: [{addresses: [127.77.0.2]}, {addresses: [127.77.0.3]}]
            """,
            EndpointSlice.class);
    client.resource(slice).create();
    var slices = client.discovery().v1().endpointSlices().inNamespace("default");
    assertThat(slices.withLabel("kubernetes.io/service-name", "b").list().getItems()).isEmpty();
    assertThat(slices.withLabel("kubernetes.io/service-name", "a").list().getItems()).hasSize(1);
    // Its endpoints are one value: a patch replaces them all.
    slice.setEndpoints(slice.getEndpoints().subList(1, 2));
    assertThat(client.resource(slice).patch(APPLY).getEndpoints()).hasSize(1);
    assertThat(
            client.autoscaling().v2().horizontalPodAutoscalers().inAnyNamespace().list().getItems())
        .isEmpty();
  }

  @Test
  void watchesFromAVersionAndBySelector() {
    List<String> seen = new CopyOnWriteArrayList<>();
    client.resource(config(Map.of("k", "0"))).create();
    try (var watch =
        client
            .configMaps()
            .inNamespace("default")
            .withLabel("seen", "yes")
            .watch(
                new Watcher<>() {
                  @Override
                  public void eventReceived(Action action, ConfigMap object) {
                    seen.add(action + " " + object.getData().get("k"));
                  }

                  @Override
                  public void onClose(WatcherException cause) {
                    seen.add("closed " + cause);
                  }
                })) {
      var map = client.configMaps().inNamespace("default").withName("c");
      var merge = PatchContext.of(PatchType.JSON_MERGE);
      map.patch(merge, "{\"metadata\":{\"labels\":{\"seen\":\"yes\"}},\"data\":{\"k\":\"1\"}}");
      map.patch(merge, "{\"data\":{\"k\":\"2\"}}");
      map.patch(merge, "{\"metadata\":{\"labels\":{\"seen\":null}},\"data\":{\"k\":\"3\"}}");
      await().atMost(LIMIT).until(() -> seen.size() >= 3);
      assertThat(seen).containsExactly("ADDED 1", "MODIFIED 2", "DELETED 2");
    }
  }

  @Test
  void deletesInTwoStepsWhatHasAFinalizer() {
    ConfigMap map = config(Map.of());
    map.getMetadata().setFinalizers(List.of("test/finalizer"));
    client.resource(map).create();
    client.resource(map).delete();
    var named = client.configMaps().inNamespace("default").withName("c");
    assertThat(named.get().getMetadata().getDeletionTimestamp()).isNotNull();
    named.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"finalizers\":null}}");
    assertThat(named.get()).isNull();
  }

  @Test
  void deletesAPodThatRunsWhenItsNodeSaysSo() {
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withName("p")
            .withNamespace("default")
            .endMetadata()
            .withNewSpec()
            .withNodeName("laptop")
            .withTerminationGracePeriodSeconds(7L)
            .addNewContainer()
            .withName("c")
            .withImage("i")
            .endContainer()
            .endSpec()
            .build();
    client.resource(pod).create();
    client.resource(pod).delete();
    var named = client.pods().inNamespace("default").withName("p");
    assertThat(named.get().getMetadata().getDeletionGracePeriodSeconds()).isEqualTo(7);
    named.withGracePeriod(0).delete();
    assertThat(named.get()).isNull();
  }

  @Test
  void namesUnknownFieldsAndWrongValues() {
    GenericKubernetesResource typo =
        Serialization.unmarshal(
            Serialization.asYaml(model("a", "")).replace("uri:", "digst: x\n    uri:"),
            GenericKubernetesResource.class);
    assertThatThrownBy(() -> client.resource(typo).create())
        .hasMessageContaining("unknown field \"spec.model.digst\"");
    assertThatThrownBy(() -> client.resource(model("a", ", replicas: -1")).create())
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(422))
        .hasMessageContaining("spec.replicas: Invalid value: -1")
        .hasMessageContaining("greater than or equal to 0");
    GenericKubernetesResource noModel =
        Serialization.unmarshal(
            Serialization.asYaml(model("a", "")).replaceAll("(?s)spec:.*", "spec: {}\n"),
            GenericKubernetesResource.class);
    assertThatThrownBy(() -> client.resource(noModel).create())
        .hasMessageContaining("spec.model: Required value");
  }

  @Test
  void printsTablesAndKnowsShortNames() throws Exception {
    client.resource(model("a", ", replicas: 1")).create();
    String base = client.getMasterUrl().toString().replaceAll("/$", "");
    var http = HttpClient.newHttpClient();
    String table =
        http.send(
                HttpRequest.newBuilder(
                        URI.create(base + "/apis/modelyard.dev/v1alpha1/modeldeployments"))
                    .header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
                    .build(),
                BodyHandlers.ofString())
            .body();
    assertThat(table).contains("\"kind\":\"Table\"", "\"Phase\"", "file:///m.onnx");
    String resources =
        http.send(
                HttpRequest.newBuilder(URI.create(base + "/apis/modelyard.dev/v1alpha1")).build(),
                BodyHandlers.ofString())
            .body();
    assertThat(resources).contains("\"mdep\"", "modeldeployments/scale", "modeldeployments/status");
  }

  @Test
  void refusesABodyThatIsTooLarge() {
    assertThatThrownBy(
            () -> client.resource(config(Map.of("k", "x".repeat(4 * 1024 * 1024)))).create())
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(413));
  }
}

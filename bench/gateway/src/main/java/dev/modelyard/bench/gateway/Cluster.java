package dev.modelyard.bench.gateway;

import dev.modelyard.local.apiserver.EmbeddedApiServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the gateway watches: one model with one pod. */
final class Cluster implements AutoCloseable {
  private final EmbeddedApiServer server;
  private final Path kubeconfig;

  private Cluster(EmbeddedApiServer server, Path kubeconfig) {
    this.server = server;
    this.kubeconfig = kubeconfig;
  }

  /**
   * @param port of the pod, on 127.0.0.1
   */
  static Cluster start(Path repository, Path work, int port) throws IOException {
    Path kubeconfig = work.resolve("kubeconfig");
    Cluster cluster = new Cluster(EmbeddedApiServer.start(kubeconfig), kubeconfig);
    Config config = Config.fromKubeconfig(Files.readString(kubeconfig));
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
      Path crd = repository.resolve("helm/modelyard/crds/modeldeployments.modelyard.dev-v1.yml");
      create(client, Files.newInputStream(crd));
      String objects =
          """
          apiVersion: modelyard.dev/v1alpha1
          kind: ModelDeployment
          metadata: {name: digits, namespace: default}
          spec: {model: {uri: "https://models.example.org/digits.onnx"}, replicas: 1}
          ---
          apiVersion: discovery.k8s.io/v1
          kind: EndpointSlice
          metadata:
            name: digits-1
            namespace: default
            labels: {modelyard.dev/model-deployment: digits, kubernetes.io/service-name: digits}
          addressType: IPv4
          ports: [{name: http, port: %d, protocol: TCP}]
          endpoints: [{addresses: ["127.0.0.1"], conditions: {ready: true}}]
          """
              .formatted(port);
      create(client, new ByteArrayInputStream(objects.getBytes(StandardCharsets.UTF_8)));
    }
    return cluster;
  }

  private static void create(KubernetesClient client, InputStream yaml) throws IOException {
    try (yaml) {
      client.load(yaml).items().forEach(item -> client.resource(item).create());
    }
  }

  Path kubeconfig() {
    return kubeconfig;
  }

  @Override
  public void close() {
    server.close();
  }
}

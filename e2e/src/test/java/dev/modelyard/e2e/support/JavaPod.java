package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A pod that runs one of the {@code dev.modelyard.e2e.pods} programs with the runtime's image. */
final class JavaPod {
  static final String LABEL = "modelyard.dev/e2e";
  private static final String PROGRAMS = "pods";
  private static final String HEAP = "-Xmx64m";

  private final KubernetesClient client;
  private final String namespace;
  private final String name;
  private final List<String> command =
      new ArrayList<>(List.of("java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", HEAP, "-cp"));
  private final Map<String, String> mounts = new LinkedHashMap<>();
  private int port;
  private String node;

  JavaPod(KubernetesClient client, String namespace, String name) {
    this.client = client;
    this.namespace = namespace;
    this.name = name;
    mounts.put(PROGRAMS, "/pods");
    command.add("/pods/" + PodPrograms.JAR);
  }

  JavaPod main(String type, String... arguments) {
    command.add(type);
    command.addAll(List.of(arguments));
    return this;
  }

  /** The pod is Ready when this port accepts connections. */
  JavaPod port(int port) {
    this.port = port;
    return this;
  }

  JavaPod mount(String configMap, String folder) {
    mounts.put(configMap, folder);
    return this;
  }

  /**
   * @param size such as {@code 256m}, where the usual 64 are too few
   */
  JavaPod heap(String size) {
    command.replaceAll(word -> word.equals(HEAP) ? "-Xmx" + size : word);
    return this;
  }

  JavaPod onNode(String node) {
    this.node = node;
    return this;
  }

  void start() {
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(PROGRAMS)
                .endMetadata()
                .withBinaryData(Map.of(PodPrograms.JAR, PodPrograms.jar()))
                .build())
        .forceConflicts()
        .serverSideApply();
    client.resource(pod()).create();
  }

  Pod awaitReady() {
    return client.pods().inNamespace(namespace).withName(name).waitUntilReady(2, TimeUnit.MINUTES);
  }

  private Pod pod() {
    var spec =
        new PodBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(name)
            .addToLabels(LABEL, name)
            .endMetadata()
            .withNewSpec()
            .withRestartPolicy("Never")
            .withTerminationGracePeriodSeconds(1L)
            .withAutomountServiceAccountToken(false)
            .withNewSecurityContext()
            .withRunAsNonRoot(true)
            .withRunAsUser(10001L)
            .withNewSeccompProfile()
            .withType("RuntimeDefault")
            .endSeccompProfile()
            .endSecurityContext();
    if (node != null) {
      spec.addToNodeSelector("kubernetes.io/hostname", node);
    }
    var container =
        spec.addNewContainer()
            .withName(name)
            .withImage(Settings.runtimeImage())
            .withCommand(command)
            .withNewSecurityContext()
            .withAllowPrivilegeEscalation(false)
            .withReadOnlyRootFilesystem(true)
            .withNewCapabilities()
            .withDrop("ALL")
            .endCapabilities()
            .endSecurityContext()
            .withNewResources()
            .addToRequests("cpu", new Quantity("10m"))
            .addToRequests("memory", new Quantity("96Mi"))
            .endResources()
            .withNewReadinessProbe()
            .withNewTcpSocket()
            .withPort(new IntOrString(port))
            .endTcpSocket()
            .withPeriodSeconds(1)
            .endReadinessProbe();
    mounts.forEach(
        (configMap, folder) ->
            container
                .addNewVolumeMount()
                .withName(configMap)
                .withMountPath(folder)
                .endVolumeMount());
    spec = container.endContainer();
    for (String configMap : mounts.keySet()) {
      spec.addNewVolume()
          .withName(configMap)
          .withNewConfigMap()
          .withName(configMap)
          .endConfigMap()
          .endVolume();
    }
    return spec.endSpec().build();
  }
}

package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * The volume of an example with its models on it, made from the example's {@code
 * models-volume.yaml}: its claim, and its pod with another image and a copy from a ConfigMap in
 * place of {@code kubectl cp}. Where the cluster makes no volumes by itself, a folder of a node is
 * the volume; to make that takes a namespace without Pod Security.
 */
public final class ExampleVolume implements AutoCloseable {
  private static final String PROGRAMS = "programs";
  private static final String FILES = "files";

  private static final String VOLUME =
      """
      apiVersion: v1
      kind: PersistentVolume
      metadata: {name: %1$s}
      spec:
        accessModes: [ReadWriteOnce]
        capacity: {storage: 1Gi}
        persistentVolumeReclaimPolicy: Retain
        claimRef: {namespace: %2$s, name: %3$s}
        hostPath: {path: %4$s}
        nodeAffinity:
          required:
            nodeSelectorTerms:
              - matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [%5$s]}]
      """;

  private static final String NODE_POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: %s}
      spec:
        nodeName: %s
        restartPolicy: Never
        containers:
          - name: folders
            image: %s
            securityContext: {runAsUser: 0}
            volumeMounts: [{name: tmp, mountPath: /node-tmp}]
        volumes: [{name: tmp, hostPath: {path: /tmp}}]
      """;

  private final Space space;
  private final KubernetesClient client;
  private final String name;
  private String node;

  private ExampleVolume(Space space, String example) {
    this.space = space;
    this.client = space.client();
    this.name = space.name() + "-" + example;
  }

  /**
   * @param example the folder's name in {@code examples}
   * @param files such as {@code 1/model.onnx}
   */
  public static ExampleVolume of(Space space, String example, String... files) {
    var volume = new ExampleVolume(space, example);
    try {
      volume.fill(example, List.of(files));
      return volume;
    } catch (RuntimeException | Error e) {
      volume.close();
      throw e;
    }
  }

  private void fill(String example, List<String> files) {
    var folder = Settings.ROOT.resolve("examples").resolve(example);
    List<HasMetadata> given =
        client.load(Streams.open(folder.resolve("models-volume.yaml"))).items();
    PersistentVolumeClaim claim = only(given, PersistentVolumeClaim.class);
    if (!makesVolumes()) {
      nodeFolder(claim.getMetadata().getName());
    }
    client.resource(claim).inNamespace(space.name()).create();
    Map<String, String> content = new HashMap<>();
    for (String file : files) {
      content.put(
          file.replace("/", "--"),
          Base64.getEncoder().encodeToString(Streams.bytes(folder.resolve(file))));
    }
    configMap(space.name(), FILES, content);
    run(space.name(), only(given, Pod.class), "copy", "/files", "/models");
  }

  private boolean makesVolumes() {
    return client.storage().v1().storageClasses().list().getItems().stream()
        .map(storage -> storage.getMetadata().getAnnotations())
        .anyMatch(
            annotations ->
                annotations != null
                    && "true"
                        .equals(annotations.get("storageclass.kubernetes.io/is-default-class")));
  }

  private void nodeFolder(String claim) {
    node =
        client.nodes().list().getItems().stream()
            .filter(found -> found.getSpec().getTaints().isEmpty())
            .map(Node::getMetadata)
            .map(meta -> meta.getLabels().get("kubernetes.io/hostname"))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no node takes pods"));
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("pod-security.kubernetes.io/enforce", "privileged")
                .endMetadata()
                .build())
        .create();
    run(name, nodePod("open"), "open", "/node-tmp/" + name);
    String yaml = VOLUME.formatted(name, space.name(), claim, "/tmp/" + name, node);
    client.resource(Serialization.unmarshal(yaml, PersistentVolume.class)).create();
  }

  private Pod nodePod(String pod) {
    return Serialization.unmarshal(
        NODE_POD.formatted(pod, node, Settings.runtimeImage()), Pod.class);
  }

  /** Runs one of {@code VolumeFiles}' commands in place of a pod's own, to its end. */
  private void run(String namespace, Pod pod, String... command) {
    configMap(namespace, PROGRAMS, Map.of(PodPrograms.JAR, PodPrograms.jar()));
    boolean files = command[0].equals("copy");
    var edited =
        new PodBuilder(pod)
            .editSpec()
            .editFirstContainer()
            .withImage(Settings.runtimeImage())
            .withCommand("java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx32m")
            .addToCommand("-cp", "/programs/" + PodPrograms.JAR)
            .addToCommand("dev.modelyard.e2e.pods.VolumeFiles")
            .addToCommand(command)
            // More than a sleeping shell needs.
            .withResources(null)
            .addNewVolumeMount()
            .withName(PROGRAMS)
            .withMountPath("/programs")
            .endVolumeMount();
    if (files) {
      edited.addNewVolumeMount().withName(FILES).withMountPath("/files").endVolumeMount();
    }
    var spec = edited.endContainer();
    for (String configMap : files ? List.of(PROGRAMS, FILES) : List.of(PROGRAMS)) {
      spec.addNewVolume()
          .withName(configMap)
          .withNewConfigMap()
          .withName(configMap)
          .endConfigMap()
          .endVolume();
    }
    Pod created = client.resource(spec.endSpec().build()).inNamespace(namespace).create();
    var resource = client.pods().inNamespace(namespace).withName(created.getMetadata().getName());
    Pod ended =
        Awaitility.await(created.getMetadata().getName() + " to end")
            .atMost(Space.PATIENCE)
            .until(
                resource::get,
                found -> List.of("Succeeded", "Failed").contains(found.getStatus().getPhase()));
    if (ended.getStatus().getPhase().equals("Failed")) {
      throw new AssertionError(resource.getLog());
    }
    resource.delete();
  }

  private void configMap(String namespace, String name, Map<String, String> content) {
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withBinaryData(content)
                .build())
        .forceConflicts()
        .serverSideApply();
  }

  private static <T> T only(List<HasMetadata> objects, Class<T> type) {
    return objects.stream().filter(type::isInstance).map(type::cast).findFirst().orElseThrow();
  }

  @Override
  public void close() {
    if (node != null) {
      run(name, nodePod("remove"), "remove", "/node-tmp/" + name);
      client.persistentVolumes().withName(name).delete();
      client.namespaces().withName(name).delete();
    }
  }
}

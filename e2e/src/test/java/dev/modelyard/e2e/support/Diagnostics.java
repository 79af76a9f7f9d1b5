package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** What there was when a test failed, in files that its last lines point at. */
final class Diagnostics {
  private Diagnostics() {}

  /**
   * @param space the test's, or null
   */
  static void write(Cluster cluster, Space space, String test) {
    Path folder = Settings.ROOT.resolve("e2e/target/e2e").resolve(test);
    KubernetesClient client = cluster.client();
    try {
      Files.createDirectories(folder);
      pods(client, Operator.NAMESPACE, folder);
      if (space != null) {
        String namespace = space.name();
        pods(client, namespace, folder);
        yaml(
            folder,
            "modeldeployments",
            () -> space.modelDeployments().inNamespace(namespace).list().getItems());
        yaml(
            folder,
            "deployments",
            () -> client.apps().deployments().inNamespace(namespace).list().getItems());
        yaml(folder, "services", () -> client.services().inNamespace(namespace).list().getItems());
        yaml(folder, "events", () -> client.v1().events().inNamespace(namespace).list().getItems());
      }
      System.out.println("what there was when " + test + " failed: " + folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void pods(KubernetesClient client, String namespace, Path folder)
      throws IOException {
    yaml(folder, "pods-" + namespace, () -> client.pods().inNamespace(namespace).list().getItems());
    List<Pod> pods;
    try {
      pods = client.pods().inNamespace(namespace).list().getItems();
    } catch (KubernetesClientException e) {
      return;
    }
    for (Pod pod : pods) {
      String name = pod.getMetadata().getName();
      var resource = client.pods().inNamespace(namespace).withName(name);
      text(folder, name + ".log", resource::getLog);
      text(folder, name + ".previous.log", () -> resource.terminated().getLog());
    }
  }

  private static void yaml(Path folder, String name, Supplier<List<? extends HasMetadata>> objects)
      throws IOException {
    text(folder, name + ".yaml", () -> Serialization.asYaml(objects.get()));
  }

  private static void text(Path folder, String file, Supplier<String> content) throws IOException {
    String text;
    try {
      text = content.get();
    } catch (KubernetesClientException e) {
      text = null;
    }
    if (text != null) {
      Files.writeString(folder.resolve(file), text);
    }
  }
}

package dev.modelyard.e2e.support;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The models of the examples, and broken ones, behind a web server in a namespace of their own. */
public final class Models implements AutoCloseable {
  private static final String NAMESPACE = "modelyard-e2e-models";
  private static final String NAME = "models";
  private static final List<String> FILES =
      List.of("digits/1/model.onnx", "digits/2/model.onnx", "regression/1/model.onnx");

  private final KubernetesClient client;
  private boolean started;

  Models(KubernetesClient client) {
    this.client = client;
  }

  /**
   * The address of {@code digits/1/model.onnx} and the like; {@code broken.onnx} is not a model.
   */
  public String uri(String path) {
    start();
    return "http://%s.%s.svc.cluster.local:8080/%s".formatted(NAME, NAMESPACE, path);
  }

  /** {@code sha256:…} of a file of the examples. */
  public static String digest(String path) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(example(path));
      return "sha256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] example(String path) {
    return Streams.bytes(Settings.ROOT.resolve("examples").resolve(path));
  }

  private synchronized void start() {
    if (started) {
      return;
    }
    Space.createNamespace(client, NAMESPACE);
    Map<String, String> files = new HashMap<>();
    for (String file : FILES) {
      files.put(file.replace("/", "--"), Base64.getEncoder().encodeToString(example(file)));
    }
    files.put("broken.onnx", Base64.getEncoder().encodeToString("this is not a model".getBytes()));
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName("files")
                .endMetadata()
                .withBinaryData(files)
                .build())
        .createOr(existing -> existing.update());
    JavaPod pod =
        new JavaPod(client, NAMESPACE, NAME)
            .main("dev.modelyard.e2e.pods.FileServer", "/files")
            .port(8080)
            .mount("files", "/files");
    pod.start();
    client
        .resource(
            new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(NAME)
                .endMetadata()
                .withNewSpec()
                .addToSelector(JavaPod.LABEL, NAME)
                .addNewPort()
                .withPort(8080)
                .endPort()
                .endSpec()
                .build())
        .createOr(existing -> existing.update());
    pod.awaitReady();
    started = true;
  }

  @Override
  public void close() {
    client.namespaces().withName(NAMESPACE).delete();
  }
}

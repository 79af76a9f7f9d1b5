package dev.modelyard.local.apiserver;

import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes kubeconfig files. */
final class Kubeconfig {
  private Kubeconfig() {}

  /**
   * @param authority PEM of the certificate authority, null for http
   * @param token bearer token, null when none is asked for
   */
  static void write(Path file, String server, byte[] authority, String token) {
    var config =
        new ConfigBuilder()
            .withApiVersion("v1")
            .withKind("Config")
            .addNewCluster()
            .withName("modelyard")
            .withNewCluster()
            .withServer(server)
            .withCertificateAuthorityData(
                authority == null ? null : java.util.Base64.getEncoder().encodeToString(authority))
            .endCluster()
            .endCluster()
            .addNewUser()
            .withName("modelyard")
            .withNewUser()
            .withToken(token)
            .endUser()
            .endUser()
            .addNewContext()
            .withName("modelyard")
            .withNewContext()
            .withCluster("modelyard")
            .withUser("modelyard")
            .withNamespace("default")
            .endContext()
            .endContext()
            .withCurrentContext("modelyard")
            .build();
    try {
      Files.writeString(file, Serialization.asYaml(config));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
